package org.recurrentops.cpu;

import java.util.EnumMap;
import java.util.Map;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.Tensor;

/** The slices of one layer and direction in a flat parameter or gradient tensor. */
final class ParameterRows {
  private final Map<ParameterSlice.Kind, Rows> slices = new EnumMap<>(ParameterSlice.Kind.class);

  ParameterRows(ParameterLayout layout, Tensor flat, int layer, int direction) {
    for (ParameterSlice.Kind kind : ParameterSlice.Kind.values()) {
      ParameterSlice s = layout.find(kind, layer, direction);
      if (s != null) {
        slices.put(kind, new Rows(layout.view(flat, s.name())));
      }
    }
  }

  private ParameterRows(Map<ParameterSlice.Kind, Rows> other) {
    slices.putAll(other);
  }

  /** The same with another slice in place of one. */
  ParameterRows with(ParameterSlice.Kind kind, Rows rows) {
    ParameterRows changed = new ParameterRows(slices);
    changed.slices.put(kind, rows);
    return changed;
  }

  /** One slice, or null if there is none. */
  Rows get(ParameterSlice.Kind kind) {
    return slices.get(kind);
  }
}
