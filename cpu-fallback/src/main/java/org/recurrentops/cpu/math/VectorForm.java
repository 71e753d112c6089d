package org.recurrentops.cpu.math;

/**
 * The only way from {@link CpuMath} to classes that link against the Vector API; loaded after it is
 * known that the module is there.
 */
final class VectorForm {
  private VectorForm() {}

  static Gemm gemm() {
    return new VectorGemm();
  }

  static Activations activations() {
    return new VectorActivations();
  }

  static LstmUnits lstmUnits(Activations activations) {
    return new VectorLstm((VectorActivations) activations);
  }

  static GruUnits gruUnits(Activations activations) {
    return new VectorGru((VectorActivations) activations);
  }

  /** Null where vectors are shorter: there are no copies, and no measurements, for those. */
  static BatchLanes batchLanes() {
    return VectorWidth.LANES == LaneCopies.BLOCK ? new VectorLanes() : null;
  }

  static int bits() {
    return VectorWidth.SPECIES.vectorBitSize();
  }
}
