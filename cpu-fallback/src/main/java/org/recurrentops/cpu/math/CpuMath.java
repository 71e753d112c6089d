package org.recurrentops.cpu.math;

import java.util.ArrayList;
import java.util.List;

/**
 * The inner kernels that a plan of the CPU backend computes with, in the form chosen for this JVM.
 *
 * <p>The property {@value #PROPERTY} chooses: {@code auto} (default) takes the Vector API where its
 * module is in the boot layer and plain Java otherwise, {@code off} takes plain Java, {@code on}
 * insists on the Vector API. Results of the two forms differ in rounding.
 */
public final class CpuMath {
  /** Name of the system property: {@code auto}, {@code on} or {@code off}. */
  public static final String PROPERTY = "recurrentops.cpu.vector";

  /**
   * Name of the system property that adds oneDNN's products: {@code off} (default), {@code on} for
   * the library in the jar {@code org.bytedeco:dnnl}, or the file of a library.
   */
  public static final String ONEDNN = "recurrentops.cpu.onednn";

  private static final String MODULE = "jdk.incubator.vector";
  private static final String FLAG = "--add-modules " + MODULE;

  private final Gemm gemm;
  private final Activations activations;
  private final LstmUnits lstmUnits;
  private final GruUnits gruUnits;
  private final BatchLanes batchLanes;
  private final String reason;

  private CpuMath(
      Gemm gemm,
      Activations activations,
      LstmUnits lstmUnits,
      GruUnits gruUnits,
      BatchLanes batchLanes,
      String reason) {
    this.gemm = gemm;
    this.activations = activations;
    this.lstmUnits = lstmUnits;
    this.gruUnits = gruUnits;
    this.batchLanes = batchLanes;
    this.reason = reason;
  }

  /**
   * {@return the form that the property asks for}
   *
   * @throws IllegalStateException if the property is {@code on} and the Vector API is missing
   * @throws IllegalArgumentException if the property has another value than the three
   */
  public static CpuMath select() {
    boolean present = ModuleLayer.boot().findModule(MODULE).isPresent();
    return select(System.getProperty(PROPERTY, "auto"), present);
  }

  /**
   * Every form that this JVM can run under the properties, so that one can be asked for by name.
   *
   * @return the form of {@link #select()} first
   * @throws IllegalStateException if a property insists on what is missing
   */
  public static List<CpuMath> forms() {
    CpuMath best = select();
    List<CpuMath> forms = new ArrayList<>(List.of(best));
    if (!(best.gemm instanceof JavaGemm)) {
      forms.add(java("plain Java, asked for by name"));
    }
    if (!System.getProperty(ONEDNN, "off").equals("off")) {
      forms.add(best.withOneDnn());
    }
    return forms;
  }

  /** This form with oneDNN's products. */
  private CpuMath withOneDnn() {
    OneDnn.refusal()
        .ifPresent(
            why -> {
              String said = "-D" + ONEDNN + "=" + System.getProperty(ONEDNN);
              throw new IllegalStateException(said + ": " + why);
            });
    String why = "products by oneDNN " + OneDnn.version() + ", as -D" + ONEDNN + " asks for";
    why += "; beside them " + reason;
    return new CpuMath(new OneDnnGemm(), activations, lstmUnits, gruUnits, null, why);
  }

  /**
   * This form with its products left out, for measuring what surrounds them.
   *
   * @return a form whose results are those of weight matrices of zero
   */
  public CpuMath withoutProducts() {
    String why = "products left out, for measuring only";
    return new CpuMath(new NoGemm(gemm), activations, lstmUnits, gruUnits, null, why);
  }

  static CpuMath select(String choice, boolean present) {
    switch (choice) {
      case "off":
        return java("plain Java, as -D" + PROPERTY + "=off asks for");
      case "on":
        if (!present) {
          throw new IllegalStateException(
              "-D"
                  + PROPERTY
                  + "=on, but this JVM runs without the Vector API; start it with "
                  + FLAG);
        }
        return vector("Vector API, as -D" + PROPERTY + "=on asks for");
      case "auto":
        return present ? automatic() : java("plain Java; several times faster with " + FLAG);
      default:
        throw new IllegalArgumentException(
            "-D" + PROPERTY + ": expected auto, on or off, got '" + choice + "'");
    }
  }

  /** The Vector API is there, but worth its while only if it is compiled to vector instructions. */
  private static CpuMath automatic() {
    if (System.getProperty("java.vm.info", "").contains("interpreted")) {
      return java("plain Java, because this JVM only interprets");
    }
    if (VectorForm.bits() < 128) {
      return java("plain Java, because this JVM knows no vector registers of 128 bits or more");
    }
    return vector("Vector API of " + VectorForm.bits() + " bits, found in this JVM");
  }

  private static CpuMath java(String reason) {
    return new CpuMath(new JavaGemm(), new JavaActivations(), null, null, null, reason);
  }

  private static CpuMath vector(String reason) {
    Activations activations = VectorForm.activations();
    LstmUnits lstm = VectorForm.lstmUnits(activations);
    GruUnits gru = VectorForm.gruUnits(activations);
    BatchLanes lanes = VectorForm.batchLanes();
    return new CpuMath(VectorForm.gemm(), activations, lstm, gru, lanes, reason);
  }

  /** {@return the matrix product} */
  public Gemm gemm() {
    return gemm;
  }

  /** {@return the non-linearities} */
  public Activations activations() {
    return activations;
  }

  /**
   * The pointwise part of an LSTM in blocks of rows.
   *
   * @param hidden units of a row; a row of fewer than a vector has would let C2 compile vector
   *     loops that were never entered, and leave out of them what they call
   * @return null where a form has none for such rows
   */
  public LstmUnits lstmUnits(int hidden) {
    return lstmUnits == null || hidden < VectorWidth.LANES ? null : lstmUnits;
  }

  /**
   * The pointwise part of a GRU in blocks of rows.
   *
   * @param hidden units of a row
   * @return null where a form has none for such rows, as with {@link #lstmUnits}
   */
  public GruUnits gruUnits(int hidden) {
    return gruUnits == null || hidden < VectorWidth.LANES ? null : gruUnits;
  }

  /** {@return products for vectors that hold batch rows, or null where a form has none} */
  public BatchLanes batchLanes() {
    return batchLanes;
  }

  /** {@return whether this form loads vectors, so that it matters where memory begins} */
  public boolean usesVectors() {
    return lstmUnits != null;
  }

  /** {@return the name of the form, such as {@code java} or {@code vector-256}} */
  public String name() {
    return gemm.name();
  }

  /** {@return the name without width or version, such as {@code java}, {@code vector}} */
  public String kind() {
    return name().replaceFirst("-.*", "");
  }

  /**
   * {@return why this form, for descriptions and logs} Names the flag to add where it would help.
   */
  public String reason() {
    return reason;
  }
}
