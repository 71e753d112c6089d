package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;

/**
 * A kernel: its file, entry point and parameter list. {@code opencl/<file>.cl} and {@code
 * cuda/<file>.cu} hold the same entry with the same parameters; a test compares all three.
 *
 * <p>Each buffer parameter {@code x} is followed by {@code long x_offset}, its first element; both
 * are one entry of {@link #parameters()}. A kernel with {@link #usesLocal()} has one more parameter
 * at the end in OpenCL ({@code __local float *scratch}); in CUDA that is {@code extern __shared__}.
 *
 * @param file file name without folder and extension
 * @param entry name of the entry point
 * @param usesLocal whether it needs local memory whose size is given at launch
 * @param parameters in order, buffers with their offset counted once
 */
public record KernelId(String file, String entry, boolean usesLocal, List<Parameter> parameters) {
  private static final String WIDE = "_f64";

  /** Types of parameters. */
  public enum Type {
    /** {@code float *} and {@code long} offset. */
    FLOATS("float*"),
    /** {@code const float *} and {@code long} offset. */
    CONST_FLOATS("const float*"),
    /** {@code double *} and {@code long} offset. */
    DOUBLES("double*"),
    /** {@code const double *} and {@code long} offset. */
    CONST_DOUBLES("const double*"),
    /** {@code int *} and {@code long} offset. */
    INTS("int*"),
    /** {@code const int *} and {@code long} offset. */
    CONST_INTS("const int*"),
    /** {@code const unsigned char *} and {@code long} offset. */
    CONST_BYTES("const unsigned char*"),
    /** 32-bit integer. */
    INT("int"),
    /** 64-bit integer, {@code long long} in CUDA C. */
    LONG("long"),
    /** IEEE 754 binary32. */
    FLOAT("float"),
    /** IEEE 754 binary64. */
    DOUBLE("double");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /**
     * Whether it is a pointer followed by an offset.
     *
     * @return true for buffers
     */
    public boolean isBuffer() {
      return text.endsWith("*");
    }

    /**
     * Spelling in declarations.
     *
     * @return such as {@code const float*}
     */
    public String text() {
      return text;
    }

    /**
     * Whether it points to ints, which may lie in memory of any type.
     *
     * @return true for {@link #INTS} and {@link #CONST_INTS}
     */
    public boolean isInts() {
      return this == INTS || this == CONST_INTS;
    }

    private Type wide() {
      switch (this) {
        case FLOATS:
          return DOUBLES;
        case CONST_FLOATS:
          return CONST_DOUBLES;
        case FLOAT:
          return DOUBLE;
        default:
          return this;
      }
    }

    static Type of(String text) {
      for (Type t : values()) {
        if (t.text.equals(text)) {
          return t;
        }
      }
      throw new IllegalArgumentException("kernel parameter: no type '" + text + "'");
    }
  }

  /**
   * One parameter.
   *
   * @param type its type
   * @param name its name
   * @param position index of its first native argument
   */
  public record Parameter(Type type, String name, int position) {}

  /** Copies the list. */
  public KernelId {
    parameters = List.copyOf(parameters);
  }

  /**
   * A kernel by its declaration.
   *
   * @param file file name without folder and extension
   * @param entry name of the entry point
   * @param declaration parameters without offsets, such as {@code "const float* x, float* y, int
   *     n"}
   * @return the id
   */
  public static KernelId of(String file, String entry, String declaration) {
    return parse(file, entry, false, declaration);
  }

  /**
   * A kernel with local memory, by its declaration.
   *
   * @param file file name without folder and extension
   * @param entry name of the entry point
   * @param declaration parameters without offsets and without the local memory
   * @return the id
   */
  public static KernelId withLocal(String file, String entry, String declaration) {
    return parse(file, entry, true, declaration);
  }

  private static KernelId parse(String file, String entry, boolean local, String declaration) {
    List<Parameter> list = new ArrayList<>();
    int position = 0;
    for (String one : declaration.split(",")) {
      String s = one.trim();
      int space = s.lastIndexOf(' ');
      Type type = Type.of(s.substring(0, space).trim());
      list.add(new Parameter(type, s.substring(space + 1), position));
      position += type.isBuffer() ? 2 : 1;
    }
    return new KernelId(file, entry, local, list);
  }

  /**
   * Its float64 twin, which the build makes of its text: in file {@code <file>_f64}, with entry
   * point {@code <entry>_f64}.
   *
   * @return the twin
   */
  public KernelId wide() {
    List<Parameter> list =
        parameters.stream()
            .map(p -> new Parameter(p.type().wide(), p.name(), p.position()))
            .toList();
    return new KernelId(file + WIDE, entry + WIDE, usesLocal, list);
  }

  /**
   * Whether it is a float64 twin.
   *
   * @return true if {@link #wide()} made it
   */
  public boolean isWide() {
    return file.endsWith(WIDE);
  }

  /**
   * Index of a parameter.
   *
   * @param name its name
   * @return index in {@link #parameters()}
   */
  public int index(String name) {
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(entry + ": no parameter '" + name + "' in " + parameters);
  }

  /**
   * Number of native arguments, offsets included, local memory not.
   *
   * @return arguments
   */
  public int arguments() {
    Parameter last = parameters.get(parameters.size() - 1);
    return last.position() + (last.type().isBuffer() ? 2 : 1);
  }
}
