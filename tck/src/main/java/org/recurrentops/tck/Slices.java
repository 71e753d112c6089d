package org.recurrentops.tck;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;

/**
 * How a flat array of results is cut into parts that are judged by a scale of their own, and what
 * an index of it is called. A slice borrows scale only from slices of its own family.
 */
public final class Slices {
  private final List<Slice> list = new ArrayList<>();

  private record Slice(String prefix, int family, int from, int to, int[] dims) {}

  private Slices() {}

  /**
   * One slice per index of the first axis: timesteps, or states of one layer and direction.
   *
   * @param dims extents, such as T, N, H
   * @return the slices
   */
  public static Slices alongFirstAxis(int... dims) {
    Slices s = new Slices();
    int size = 1;
    int[] inner = new int[dims.length - 1];
    for (int i = 1; i < dims.length; i++) {
      size *= dims[i];
      inner[i - 1] = dims[i];
    }
    for (int t = 0; t < dims[0]; t++) {
      String prefix = "[" + t + (inner.length > 0 ? ", " : "");
      s.list.add(new Slice(prefix, 0, t * size, (t + 1) * size, inner));
    }
    return s;
  }

  /**
   * One slice per named parameter; a family per layer and direction.
   *
   * @param layout the layout
   * @return the slices
   */
  public static Slices ofParameters(ParameterLayout layout) {
    Slices s = new Slices();
    for (ParameterSlice p : layout.slices()) {
      int[] dims = new int[p.shape().rank()];
      for (int i = 0; i < dims.length; i++) {
        dims[i] = (int) p.shape().dim(i);
      }
      int from = (int) p.offset();
      int family = p.layer() * 2 + p.direction();
      s.list.add(new Slice("." + p.name() + "[", family, from, from + (int) p.elements(), dims));
    }
    return s;
  }

  int count() {
    return list.size();
  }

  int from(int slice) {
    return list.get(slice).from;
  }

  int to(int slice) {
    return list.get(slice).to;
  }

  boolean sameFamily(int a, int b) {
    return b >= 0 && b < list.size() && list.get(a).family == list.get(b).family;
  }

  /** Such as {@code [3, 0, 17]} or {@code .weight_hh_l0[12, 3]}. */
  String nameOf(int slice, int index) {
    Slice s = list.get(slice);
    StringBuilder text = new StringBuilder("]");
    int rest = index - s.from;
    for (int i = s.dims.length - 1; i >= 0; i--) {
      text.insert(0, rest % s.dims[i]).insert(0, i > 0 ? ", " : "");
      rest /= s.dims[i];
    }
    return text.insert(0, s.prefix).toString();
  }
}
