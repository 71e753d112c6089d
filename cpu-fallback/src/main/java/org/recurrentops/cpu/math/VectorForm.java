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

  static BatchLanes batchLanes() {
    return new VectorLanes();
  }

  static int bits() {
    return VectorWidth.SPECIES.vectorBitSize();
  }
}
