package org.recurrentops.bench.peers;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A peer's forward pass for inference. */
@State(Scope.Benchmark)
public class PeerForward extends PeerState {
  /** For JMH. */
  public PeerForward() {}

  @Override
  Peer open(float[] params, float[] x, int threads) {
    return Peer.open(backend, layer, params, x, threads);
  }

  @Override
  void compare() {
    peer.run();
    check.forward(peer.output());
  }
}
