package org.recurrentops.cpu.math;

import java.util.Locale;

/**
 * The inner kernels that a plan of the CPU backend computes with, in the form chosen for this JVM.
 *
 * <p>The property {@value #PROPERTY} chooses: {@code auto} (default) takes the Vector API where its
 * module is in the boot layer and plain Java otherwise, {@code off} takes plain Java, {@code on}
 * insists on the Vector API.
 */
public final class CpuMath {
  /** Name of the system property: {@code auto}, {@code on} or {@code off}. */
  public static final String PROPERTY = "recurrentops.cpu.vector";

  private final Gemm gemm;
  private final Activations activations;
  private final String reason;

  private CpuMath(Gemm gemm, Activations activations, String reason) {
    this.gemm = gemm;
    this.activations = activations;
    this.reason = reason;
  }

  /**
   * The form that the property asks for.
   *
   * @throws IllegalStateException if the property is {@code on} and the Vector API is missing
   * @throws IllegalArgumentException if the property has another value
   */
  public static CpuMath select() {
    return select(System.getProperty(PROPERTY, "auto"));
  }

  static CpuMath select(String choice) {
    switch (choice.toLowerCase(Locale.ROOT)) {
      case "off":
        return java("plain Java kernels: -D" + PROPERTY + "=off");
      case "on":
        throw new IllegalStateException("-D" + PROPERTY + "=on: Vector API kernels are not built yet");
      case "auto":
        return java("plain Java kernels");
      default:
        throw new IllegalArgumentException(
            "-D" + PROPERTY + ": expected auto, on or off, got '" + choice + "'");
    }
  }

  private static CpuMath java(String reason) {
    return new CpuMath(new JavaGemm(), new JavaActivations(), reason);
  }

  /** The matrix product. */
  public Gemm gemm() {
    return gemm;
  }

  /** The non-linearities. */
  public Activations activations() {
    return activations;
  }

  /** Name of the form, such as {@code java} or {@code vector-256}. */
  public String name() {
    return gemm.name();
  }

  /** Why this form, in one sentence for descriptions and logs. */
  public String reason() {
    return reason;
  }
}
