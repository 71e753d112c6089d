package org.recurrentops;

import java.util.Arrays;

/** Immutable extents of a {@link Tensor}; row-major, the last axis is the innermost one. */
public final class Shape {
  private final long[] dims;

  private Shape(long[] dims) {
    this.dims = dims;
  }

  /**
   * A shape of the given extents.
   *
   * @param dims extents, each ≥ 0; none at all is a scalar
   * @return the shape
   * @throws IllegalArgumentException if an extent is negative or the element count exceeds 2⁶³−1
   */
  public static Shape of(long... dims) {
    long[] copy = dims.clone();
    long elements = 1;
    for (long d : copy) {
      if (d < 0) {
        throw new IllegalArgumentException(
            "shape: expected extents ≥ 0, got " + Arrays.toString(dims));
      }
      try {
        elements = Math.multiplyExact(elements, Math.max(d, 1));
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "shape: " + Arrays.toString(dims) + " has more than 2^63-1 elements; lower an extent");
      }
    }
    return new Shape(copy);
  }

  /**
   * Number of axes.
   *
   * @return the rank
   */
  public int rank() {
    return dims.length;
  }

  /**
   * Extent of one axis.
   *
   * @param axis 0 … rank−1, or −1 for the last axis, −2 for the one before it …
   * @return its extent
   */
  public long dim(int axis) {
    return dims[axis < 0 ? dims.length + axis : axis];
  }

  /**
   * Product of all extents.
   *
   * @return number of elements
   */
  public long elements() {
    long n = 1;
    for (long d : dims) {
      n *= d;
    }
    return n;
  }

  /**
   * The extents.
   *
   * @return a copy
   */
  public long[] dims() {
    return dims.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape && Arrays.equals(dims, ((Shape) other).dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** Renders the extents as {@code [32, 8, 64]}. */
  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
