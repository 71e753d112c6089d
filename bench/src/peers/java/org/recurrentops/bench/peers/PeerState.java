package org.recurrentops.bench.peers;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.ParameterLayout;
import org.recurrentops.bench.layers.LayerCheck;
import org.recurrentops.bench.layers.LayerSetup;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.layers.RunNote;

/** A peer with the weights and the input that the backends get, checked before and after. */
@State(Scope.Benchmark)
public abstract class PeerState {
  static final long SEED = 42;

  /** Name of the peer. */
  @Param("onnxruntime")
  public String backend;

  /** Text of the shape. */
  @Param("lstm-t50n64c128h128")
  public String shape;

  LayerCheck check;
  LayerShape layer;
  Peer peer;

  /** Opens the peer and compares it with float64. */
  @Setup(Level.Trial)
  public void open() {
    layer = LayerShape.parse(shape);
    double bound = 1 / Math.sqrt(layer.hiddenSize());
    long count = ParameterLayout.of(layer.spec()).elements();
    float[] params = LayerSetup.uniform(count, bound, SEED);
    long inputs = (long) layer.steps() * layer.batch() * layer.inputSize();
    float[] x = LayerSetup.uniform(inputs, 1, SEED + 1);
    int threads =
        Integer.getInteger("recurrentops.cpu.threads", Runtime.getRuntime().availableProcessors());
    check = new LayerCheck(layer, params, x);
    peer = open(params, x, threads);
    compare();
    String detail = peer.detail() + ", " + threads + " threads";
    DeviceInfo device = new DeviceInfo(backend, backend, DeviceKind.CPU, backend, 0, detail);
    RunNote.ofNoPlan(device, "peer", detail).write();
  }

  abstract Peer open(float[] params, float[] x, int threads);

  /** Runs once and compares all that the timed call computes. */
  abstract void compare();

  /** Compares once more. */
  @TearDown(Level.Trial)
  public void checkAgainAndClose() {
    try (Peer closing = peer) {
      compare();
    }
  }
}
