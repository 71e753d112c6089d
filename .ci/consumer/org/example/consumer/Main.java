package org.example.consumer;

import org.recurrentops.Backends;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Two steps of one tanh unit on the CPU backend, checked against the equation. */
public final class Main {
  private Main() {}

  /**
   * Runs.
   *
   * @param args whether this class should find itself in a named module
   */
  public static void main(String[] args) {
    if (Main.class.getModule().isNamed() != Boolean.parseBoolean(args[0])) {
      throw new AssertionError("runs in " + Main.class.getModule());
    }
    float[] out = new float[2];
    try (RecurrentOps ops = Backends.open("cpu");
        RecurrentPlan plan =
            ops.plan(RnnSpec.vanilla(1, 1).build(), PlanOptions.inference(2, 1));
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(2, 1, 1);
        Tensor y = ops.allocate(2, 1, 1)) {
      float[] values = new float[(int) plan.parameterLayout().elements()];
      values[0] = 0.5f; // weight_ih_l0
      values[1] = 0.25f; // weight_hh_l0
      params.upload(values);
      x.upload(new float[] {1, 2});
      plan.forward(ForwardArgs.of(params, x, y));
      y.download(out);
    }
    double first = Math.tanh(0.5);
    double second = Math.tanh(0.5 * 2 + 0.25 * first);
    if (!(Math.abs(out[0] - first) < 1e-6 && Math.abs(out[1] - second) < 1e-6)) {
      throw new AssertionError(
          "expected " + first + ", " + second + ", got " + out[0] + ", " + out[1]);
    }
    System.out.println("consumer ok in " + Main.class.getModule());
  }
}
