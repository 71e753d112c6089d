package org.recurrentops.examples;

import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.Initializer;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** The snippet of the README, compiled and run by a test that also compares the two texts. */
final class ReadmeSnippet {
  private ReadmeSnippet() {}

  /**
   * Runs it.
   *
   * @param input [T,N,C] = [32,8,64]
   * @param outputGradient [T,N,2·H] = [32,8,256]
   * @return gradient of the parameters, flat
   */
  static float[] run(float[] input, float[] outputGradient) {
    // snippet:begin
    try (RecurrentOps ops = Backends.open()) { // or open("cuda"), or -Drecurrentops.backend=opencl
      RnnSpec spec = RnnSpec.lstm(64, 128).bidirectional().build(); // C = 64, H = 128
      RecurrentPlan lstm = ops.plan(spec, PlanOptions.training(32, 8)); // T ≤ 32, N ≤ 8
      Tensor params = ops.allocate(lstm.parameterLayout().shape()); // one flat buffer
      Tensor dParams = ops.allocate(params.shape()); // gradients in the same layout
      Tensor x = ops.allocate(32, 8, 64), dx = ops.allocate(32, 8, 64); // [T,N,C]
      Tensor y = ops.allocate(32, 8, 256), dy = ops.allocate(32, 8, 256); // [T,N,2·H]
      Reserve reserve = lstm.newReserve(); // what forward keeps for backward
      lstm.parameterLayout().initialise(params, Initializer.pytorch(42));
      x.upload(input);
      lstm.forward(ForwardArgs.of(params, x, y), reserve); // states default to zero
      dy.upload(outputGradient);
      lstm.backward(BackwardArgs.of(params, x, dy, dx, dParams), reserve);
      System.out.println(lstm.describe()); // algorithm, memory, why
      return dParams.toFloats();
    } // closing ops frees all that it made
    // snippet:end
  }
}
