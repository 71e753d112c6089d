package org.recurrentops.opencl;

import java.util.List;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.gpu.DeviceLimits;
import org.recurrentops.gpu.GemmKernels;

/** Which forms of the matrix product a device offers, and in which order. */
final class GemmForms {
  /** System property that leaves only one form, {@code vector} or {@code tiled}. */
  static final String PROPERTY = "recurrentops.opencl.gemm";

  static final String VECTOR = "vector";
  static final String TILED = "tiled";

  private GemmForms() {}

  /**
   * The forms of a device.
   *
   * @param limits what it can do
   * @param forced value of {@link #PROPERTY}, or null
   * @return the preferred form first
   */
  static List<String> of(DeviceLimits limits, String forced) {
    boolean tiled = limits.maxGroupSize() >= GemmKernels.TILED_GROUP;
    List<String> offered;
    if (!tiled) {
      offered = List.of(VECTOR);
    } else if (limits.localMemoryIsGlobal()) {
      offered = List.of(VECTOR, TILED);
    } else {
      offered = List.of(TILED, VECTOR);
    }
    if (forced == null || forced.isBlank()) {
      return offered;
    }
    String form = forced.trim();
    if (!offered.contains(form)) {
      throw new BackendUnavailableException(
          "-D" + PROPERTY + ": expected one of " + offered + " on this device, got '" + form + "'");
    }
    return List.of(form);
  }
}
