package org.recurrentops.cpu.f64.math;

/** The inner kernels of float64 plans: plain Java, the only form there is. */
public final class CpuMath {
  private final Gemm gemm = new JavaGemm();
  private final Activations activations = new DoubleActivations();

  /** {@return the matrix product} */
  public Gemm gemm() {
    return gemm;
  }

  /** {@return the non-linearities} */
  public Activations activations() {
    return activations;
  }

  /** {@return null: the pointwise part of an LSTM goes row by row} */
  public LstmUnits lstmUnits(int hidden) {
    return null;
  }

  /** {@return null: the pointwise part of a GRU goes row by row} */
  public GruUnits gruUnits(int hidden) {
    return null;
  }

  /** {@return null: there are no vectors of this type} */
  public BatchLanes batchLanes() {
    return null;
  }

  /** {@return false: it loads none} */
  public boolean usesVectors() {
    return false;
  }

  /** {@return the name of the form} */
  public String name() {
    return gemm.name();
  }

  /** {@return why this form} */
  public String reason() {
    return "plain Java, the only form for float64";
  }
}
