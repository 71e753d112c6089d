package org.recurrentops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each weight of a spec lies in one flat buffer. Per layer, per direction: weight_ih [G·H,
 * C_l], weight_hh [G·H, H or P], bias_ih [G·H], bias_hh [G·H], weight_hr [P, H], peepholes [3·H],
 * ln_gamma_ih [G·H], ln_gamma_hh [G·H], ln_gamma_c [H], ln_beta_c [H], each where present. C_0 = C,
 * C_l = D·H (or D·P; H or P where directions are merged). This is PyTorch's order, gate order and
 * memory layout: importing a PyTorch state dict is a copy. Gradients and optimiser moments share
 * the layout, so an optimiser or an all-reduce sees one array.
 */
public final class ParameterLayout {
  private final RnnSpec spec;
  private final Map<String, ParameterSlice> slices = new LinkedHashMap<>();
  private final List<ParameterSlice> list;
  private final long elements;

  private ParameterLayout(RnnSpec spec) {
    this.spec = spec;
    long offset = 0;
    for (int l = 0; l < spec.layers(); l++) {
      for (int d = 0; d < spec.direction().count(); d++) {
        offset = addLayer(l, d, offset);
      }
    }
    elements = offset;
    list = Collections.unmodifiableList(new ArrayList<>(slices.values()));
  }

  /**
   * The layout of a spec.
   *
   * @param spec the spec
   * @return its layout
   */
  public static ParameterLayout of(RnnSpec spec) {
    return new ParameterLayout(spec);
  }

  private long addLayer(int l, int d, long start) {
    long rows = (long) spec.cell().gates() * spec.hiddenSize();
    long at = start;
    if (!spec.skipsInput(l)) {
      at = add(ParameterSlice.Kind.WEIGHT_IH, l, d, at, rows, spec.inputSize(l));
    }
    at =
        spec.cellOptions().independent()
            ? add(ParameterSlice.Kind.WEIGHT_HH, l, d, at, rows)
            : add(ParameterSlice.Kind.WEIGHT_HH, l, d, at, rows, spec.stateSize());
    if (spec.bias() != BiasMode.NONE) {
      at = add(ParameterSlice.Kind.BIAS_IH, l, d, at, rows);
    }
    if (spec.bias() == BiasMode.DOUBLE) {
      at = add(ParameterSlice.Kind.BIAS_HH, l, d, at, rows);
    }
    if (spec.projectionSize() > 0) {
      at = add(ParameterSlice.Kind.WEIGHT_HR, l, d, at, spec.projectionSize(), spec.hiddenSize());
    }
    if (spec.hasPeepholes()) {
      at = add(ParameterSlice.Kind.PEEPHOLES, l, d, at, 3L * spec.hiddenSize());
    }
    return spec.isLayerNormalised() ? addNorms(l, d, at, rows) : at;
  }

  private long addNorms(int l, int d, long start, long rows) {
    long at = add(ParameterSlice.Kind.LN_GAMMA_IH, l, d, start, rows);
    at = add(ParameterSlice.Kind.LN_GAMMA_HH, l, d, at, rows);
    if (spec.cell().hasCellState()) {
      at = add(ParameterSlice.Kind.LN_GAMMA_C, l, d, at, spec.hiddenSize());
      at = add(ParameterSlice.Kind.LN_BETA_C, l, d, at, spec.hiddenSize());
    }
    return at;
  }

  private long add(ParameterSlice.Kind kind, int l, int d, long offset, long... dims) {
    String name = sliceName(kind, l, d);
    ParameterSlice s = new ParameterSlice(name, kind, l, d, offset, Shape.of(dims));
    slices.put(name, s);
    return Math.addExact(offset, s.elements());
  }

  private String sliceName(ParameterSlice.Kind kind, int l, int d) {
    return kind.prefix() + "_l" + l + (d == 1 ? "_reverse" : "");
  }

  /**
   * The spec this is the layout of.
   *
   * @return the spec
   */
  public RnnSpec spec() {
    return spec;
  }

  /**
   * Number of parameters.
   *
   * @return elements of the flat buffer
   */
  public long elements() {
    return elements;
  }

  /**
   * Shape of the flat buffer.
   *
   * @return [{@link #elements()}]
   */
  public Shape shape() {
    return Shape.of(elements);
  }

  /**
   * All slices in buffer order.
   *
   * @return an unmodifiable list
   */
  public List<ParameterSlice> slices() {
    return list;
  }

  /**
   * One slice by name.
   *
   * @param name such as {@code weight_ih_l0}
   * @return the slice
   * @throws IllegalArgumentException if the spec has none of that name
   */
  public ParameterSlice slice(String name) {
    ParameterSlice s = slices.get(name);
    if (s == null) {
      throw new IllegalArgumentException(
          "parameter '" + name + "': not in " + spec.label() + "; it has " + slices.keySet());
    }
    return s;
  }

  /**
   * One slice by its part.
   *
   * @param kind which part
   * @param layer layer index
   * @param direction direction index
   * @return the slice, or null if the spec has none
   */
  public ParameterSlice find(ParameterSlice.Kind kind, int layer, int direction) {
    return slices.get(sliceName(kind, layer, direction));
  }

  /**
   * A view of one slice in a flat buffer of this layout (parameters, gradients or moments).
   *
   * @param flat [{@link #elements()}]
   * @param name slice name
   * @return a view with the slice's shape
   */
  public Tensor view(Tensor flat, String name) {
    ParameterSlice s = slice(name);
    if (flat.shape().rank() != 1 || flat.shape().elements() != elements) {
      throw new IllegalArgumentException(
          "parameters: expected " + shape() + " for " + spec.label() + ", got " + flat.shape());
    }
    return flat.slice(0, s.offset(), s.offset() + s.elements()).reshape(s.shape().dims());
  }

  /**
   * Fills a flat buffer with initial values and uploads it.
   *
   * @param flat F32 or F64 [{@link #elements()}]
   * @param initializer how
   */
  public void initialise(Tensor flat, Initializer initializer) {
    float[] values = initialValues(initializer);
    if (flat.dtype() == DType.F64) {
      double[] wide = new double[values.length];
      Arrays.setAll(wide, i -> values[i]);
      flat.upload(wide);
    } else {
      flat.upload(values);
    }
  }

  /**
   * Initial values in host memory.
   *
   * @param initializer how
   * @return [{@link #elements()}]
   * @throws IllegalArgumentException if there are more parameters than an array holds
   */
  public float[] initialValues(Initializer initializer) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "parameters: " + elements + " exceed a Java array; initialise slice by slice");
    }
    float[] values = new float[(int) elements];
    for (ParameterSlice s : list) {
      initializer.fill(spec, s, values, (int) s.offset());
    }
    return values;
  }
}
