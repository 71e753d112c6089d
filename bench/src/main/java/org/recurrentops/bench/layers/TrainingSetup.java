package org.recurrentops.bench.layers;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.Reserve;
import org.recurrentops.Tensor;

/** Bound forward and backward passes of a training plan, with dx and dParams. */
@State(Scope.Benchmark)
public class TrainingSetup extends LayerSetup {
  Tensor dParams;
  private Tensor dx;
  private Forward forward;
  private Backward backward;

  /** For JMH. */
  public TrainingSetup() {}

  @Override
  PlanOptions options(LayerShape size) {
    int again = Recompute.steps(recompute, size.steps());
    return PlanOptions.training(size.steps(), size.batch()).recompute(again);
  }

  @Override
  void bindAndCheck(LayerCheck check, long seed) {
    Tensor dy = ops.allocate(y.shape());
    dx = ops.allocate(x.shape());
    dParams = ops.allocate(params.shape());
    dx.upload(nan(dx));
    dParams.upload(nan(dParams));
    Reserve reserve = plan.newReserve();
    forward = plan.bindForward(ForwardArgs.of(params, x, y), reserve);
    forward.run(); // a backward pass is bound to a reserve that is filled
    backward = plan.bindBackward(BackwardArgs.of(params, x, dy, dx, dParams), reserve);

    float[] full = outputGradient(seed);
    float[] checked = check.onlyCheckedRows(full);
    dy.upload(checked);
    run();
    check.forward(y.toFloats());
    compareGradients(check, checked, dx.toFloats(), dParams.toFloats());

    dy.upload(full);
    run();
  }

  /** dy [T,N,H]. */
  float[] outputGradient(long seed) {
    return uniform(y.shape().elements(), 1, seed);
  }

  /** Compares what backward computed for dy. */
  void compareGradients(LayerCheck check, float[] dy, float[] dx, float[] dParams) {
    check.backward(dy, dx, dParams);
  }

  @Override
  float[] results() {
    return dParams.toFloats();
  }

  /** One step, waited for. */
  void run() {
    forward.run();
    backward.run();
    ops.synchronize();
  }
}
