package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width that the Vector API kernels are compiled for: the machine's preferred one, or
 * that of the property {@value #PROPERTY} (128, 256 or 512). A constant, as C2 needs it to be.
 */
final class VectorWidth {
  static final String PROPERTY = "recurrentops.cpu.vector.bits";

  static final VectorSpecies<Float> SPECIES = species(System.getProperty(PROPERTY, ""));
  static final int LANES = SPECIES.length();

  /** Whether there are 32 vector registers rather than 16. */
  static final boolean MANY_REGISTERS =
      SPECIES.vectorBitSize() >= 512 || System.getProperty("os.arch").equals("aarch64");

  private VectorWidth() {}

  static VectorSpecies<Float> species(String bits) {
    switch (bits) {
      case "":
        return FloatVector.SPECIES_PREFERRED;
      case "128":
      case "256":
      case "512":
        return VectorSpecies.of(float.class, VectorShape.forBitSize(Integer.parseInt(bits)));
      default:
        throw new IllegalArgumentException(
            "-D" + PROPERTY + ": expected 128, 256 or 512, got '" + bits + "'");
    }
  }
}
