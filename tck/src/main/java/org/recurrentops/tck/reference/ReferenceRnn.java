package org.recurrentops.tck.reference;

import java.util.function.DoubleUnaryOperator;
import org.recurrentops.MathMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;

/**
 * The float64 reference that every backend is compared with: one step at a time, one row at a time,
 * no code shared with any backend, fast only where that costs no clarity.
 */
public final class ReferenceRnn {
  final RnnSpec spec;
  final ParameterLayout layout;
  final double[] params;
  final DoubleUnaryOperator operand;

  /**
   * A network with its weights.
   *
   * @param spec what to compute
   * @param params in {@link ParameterLayout}'s order
   */
  public ReferenceRnn(RnnSpec spec, double[] params) {
    this(spec, params, MathMode.FP32);
  }

  /**
   * A network whose matrix products round their operands.
   *
   * @param spec what to compute
   * @param params in {@link ParameterLayout}'s order
   * @param mode how operands are rounded; nothing else is
   */
  public ReferenceRnn(RnnSpec spec, double[] params, MathMode mode) {
    this.operand = OperandRounding.of(mode);
    this.spec = spec;
    this.layout = ParameterLayout.of(spec);
    this.params = params;
    if (params.length != layout.elements()) {
      throw new IllegalArgumentException(
          "params: expected " + layout.elements() + " values, got " + params.length);
    }
  }

  /**
   * Runs forward.
   *
   * @param call the data
   * @return outputs, and what backward needs
   */
  public ReferenceRun forward(ReferenceCall call) {
    return new ReferenceRun(this, call);
  }
}
