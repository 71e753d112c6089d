package org.recurrentops.gpu;

import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;

/**
 * Packed weights: the parameters, R and W_p transposed for the products of the time loop, and where
 * products take another format than float32 the copies that they read instead.
 */
final class WeightPacking {
  private final PlanLayout layout;
  private final ParameterLayout parameters;

  WeightPacking(PlanLayout layout, ParameterLayout parameters) {
    this.layout = layout;
    this.parameters = parameters;
  }

  /** Adds the work that fills packed weights from parameters; the stage is null for float32. */
  void fill(WorkList list, OperandStage stage, Address params, Address packed) {
    for (ParameterSlice s : parameters.slices()) {
      copy(list, s, params.plus(s.offset()), packed.plus(s.offset()));
      Address read = whatProductsRead(s, packed);
      if (read == null) {
        continue;
      }
      if (s.kind() != Kind.WEIGHT_IH) {
        WeightTranspose.add(list, s, params.plus(s.offset()), read);
      }
      if (stage != null) {
        stage.convert(list, read, s.elements(), copyOf(s, packed));
      }
    }
  }

  /** Tells a stage of the copies that packed weights hold. */
  void declare(OperandStage stage, Address packed) {
    for (ParameterSlice s : parameters.slices()) {
      Address read = whatProductsRead(s, packed);
      if (read != null) {
        stage.declare(read, s.elements(), copyOf(s, packed));
      }
    }
  }

  private static void copy(WorkList list, ParameterSlice s, Address src, Address dst) {
    int width = Math.toIntExact(s.shape().dim(-1));
    long rows = s.elements() / width;
    RowWork.copy(list, Rows.dense(src, rows, 1, width), Rows.dense(dst, rows, 1, width));
  }

  private int state(ParameterSlice s) {
    return s.layer() * layout.spec.direction().count() + s.direction();
  }

  /** The float32 matrix that forward products name; null for what is no matrix. */
  private Address whatProductsRead(ParameterSlice s, Address packed) {
    if (!WeightTranspose.isMatrix(s)) {
      return null;
    }
    switch (s.kind()) {
      case WEIGHT_IH:
        return packed.plus(s.offset());
      case WEIGHT_HH:
        return packed.plus(layout.packedWeight[state(s)]);
      case WEIGHT_HR:
        return packed.plus(layout.packedProjection[state(s)]);
      default:
        return null;
    }
  }

  private Address copyOf(ParameterSlice s, Address packed) {
    switch (s.kind()) {
      case WEIGHT_IH:
        return packed.plus(layout.packedInputCopy[state(s)]);
      case WEIGHT_HH:
        return packed.plus(layout.packedWeightCopy[state(s)]);
      default:
        return packed.plus(layout.packedProjectionCopy[state(s)]);
    }
  }
}
