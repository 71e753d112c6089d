package org.recurrentops.bench.layers;

import java.util.Arrays;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;

/** What a layer computes without its products: that of matrices of zero, biases as they are. */
final class WithoutProducts {
  private WithoutProducts() {}

  static boolean isBias(ParameterSlice slice) {
    return slice.name().startsWith("bias");
  }

  /** Sets all but the biases to zero. */
  static float[] biasesOnly(ParameterLayout layout, float[] params) {
    for (ParameterSlice s : layout.slices()) {
      if (!isBias(s)) {
        int from = Math.toIntExact(s.offset());
        Arrays.fill(params, from, from + Math.toIntExact(s.elements()), 0f);
      }
    }
    return params;
  }
}
