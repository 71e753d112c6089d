package org.recurrentops.cpu.math;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A loop over whole vectors of some rows, y[r, i] = f(x[r, i]), that C2 compiles by itself: the
 * handle is no constant, so that it is never inlined.
 */
final class VectorPass {
  private static final MethodType TYPE =
      MethodType.methodType(
          void.class,
          float[].class,
          int.class,
          int.class,
          float[].class,
          int.class,
          int.class,
          int.class,
          int.class);

  private final MethodHandle loop;

  private VectorPass(MethodHandle loop) {
    this.loop = loop;
  }

  /** The static method of this name in the class that looks it up. */
  static VectorPass of(MethodHandles.Lookup lookup, String name) {
    try {
      return new VectorPass(lookup.findStatic(lookup.lookupClass(), name, TYPE));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A static method of the class that looks it up, over H, rows, units and some arrays, each with
   * its first element: a loop that is compiled by itself like these, but has another shape.
   */
  static MethodHandle ofArrays(MethodHandles.Lookup lookup, String name, int arrays) {
    MethodType type = MethodType.methodType(void.class, int.class, int.class, int.class);
    for (int i = 0; i < arrays; i++) {
      type = type.appendParameterTypes(float[].class, int.class);
    }
    try {
      return lookup.findStatic(lookup.lookupClass(), name, type);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs the loop.
   *
   * @param x arguments
   * @param xOffset first of them
   * @param xStride elements from row to row
   * @param y results, which may be the arguments
   * @param yOffset first of them
   * @param yStride elements from row to row
   * @param rows rows
   * @param length elements of a row, whole vectors
   */
  void run(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int length) {
    try {
      loop.invokeExact(x, xOffset, xStride, y, yOffset, yStride, rows, length);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // the loops throw nothing checked
    }
  }
}
