package org.recurrentops.bench.run;

import java.util.Arrays;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.Tensor;
import org.recurrentops.bench.layers.LayerSetup;
import org.recurrentops.bench.layers.RunNote;

/** The input x [T,N,C] on its way to the device and back. */
@State(Scope.Benchmark)
public class TransferState extends DeviceState {
  private float[] host;
  private float[] back;
  private Tensor x;

  /** For JMH. */
  public TransferState() {}

  @Override
  void prepare() {
    host = input();
    back = new float[host.length];
    x = ops.allocate(layer.steps(), layer.batch(), layer.inputSize());
    RunNote.ofNoPlan(ops.device(), "copy", "x " + x.shape()).write();
  }

  @Override
  void check() {
    x.upload(LayerSetup.nan(x));
    upload();
    Arrays.fill(back, Float.NaN);
    download();
    if (!Arrays.equals(host, back)) {
      throw new IllegalStateException("x came back from " + ops.device().id() + " changed");
    }
  }

  /** To the device, waited for. */
  void upload() {
    x.upload(host);
    ops.synchronize();
  }

  /** From the device. */
  float[] download() {
    x.download(back);
    return back;
  }
}
