package org.recurrentops.bench.peers;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.bench.layers.LayerSetup;

/** A peer's training step: forward, and backward with the gradients of inputs and parameters. */
@State(Scope.Benchmark)
public class PeerTraining extends PeerState {
  /** For JMH. */
  public PeerTraining() {}

  @Override
  Peer open(float[] params, float[] x, int threads) {
    return Peer.train(backend, layer, params, x, threads);
  }

  @Override
  void compare() {
    Peer.Training training = (Peer.Training) peer;
    long outputs = (long) layer.steps() * layer.batch() * layer.hiddenSize();
    float[] full = LayerSetup.uniform(outputs, 1, SEED + 2);
    float[] checked = check.onlyCheckedRows(full);
    training.outputGradient(checked);
    training.run();
    check.forward(training.output());
    check.backward(checked, training.inputGradient(), training.parameterGradient());
    training.outputGradient(full);
    training.run();
  }
}
