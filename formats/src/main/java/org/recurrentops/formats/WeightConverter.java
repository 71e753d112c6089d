package org.recurrentops.formats;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * Converts the weights of one spec from and to another system's format, in host memory. Values are
 * moved, never changed: an import followed by an export gives the same tensors. Where one side has
 * two biases and the other one, the missing one reads as zero; two that are not zero fit into one
 * only as their sum, which is done after {@link #mergeBiases()} and refused otherwise. Immutable.
 */
public final class WeightConverter {
  private final WeightFormat format;
  private final RnnSpec spec;
  private final ParameterLayout layout;
  private final WeightPlaces places;
  private final Map<String, Shape> tensors;
  private final boolean merge;

  private WeightConverter(WeightFormat format, RnnSpec spec, boolean merge) {
    this.format = format;
    this.spec = spec;
    this.merge = merge;
    layout = ParameterLayout.of(spec);
    if (layout.elements() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          format + ": " + layout.elements() + " parameters exceed a Java array");
    }
    places = WeightPlaces.of(format, spec);
    tensors = places.tensors();
  }

  /**
   * A converter that refuses to sum biases.
   *
   * @param format the other system's
   * @param spec whose weights
   * @return the converter
   * @throws IllegalArgumentException if {@link WeightFormat#refusal} has a reason
   */
  public static WeightConverter of(WeightFormat format, RnnSpec spec) {
    Optional<String> reason = format.refusal(spec);
    if (reason.isPresent()) {
      throw new IllegalArgumentException("weights of " + spec.label() + ": " + reason.get());
    }
    return new WeightConverter(format, spec, false);
  }

  /**
   * The same, but two biases become their float32 sum where the target has one. The n gate of a
   * reset-after GRU is refused still: its two biases do not act alike.
   *
   * @return a converter that sums
   */
  public WeightConverter mergeBiases() {
    return new WeightConverter(format, spec, true);
  }

  /**
   * The other system's tensors.
   *
   * @return names and extents in its order; a new map
   */
  public Map<String, Shape> tensors() {
    return new LinkedHashMap<>(tensors);
  }

  /**
   * Imports.
   *
   * @param weights exactly the tensors of {@link #tensors()}, row-major
   * @return flat canonical parameters
   * @throws IllegalArgumentException naming a tensor that is missing, unknown or of a wrong size,
   *     or biases that would have to be summed
   */
  public float[] toParameters(Map<String, float[]> weights) {
    check(weights);
    float[] flat = new float[(int) layout.elements()];
    for (ParameterSlice s : layout.slices()) {
      if (!isBias(s.kind())) {
        moveMatrix(s, weights, flat, true);
      }
    }
    for (int l = 0; l < spec.layers(); l++) {
      for (int d = 0; d < spec.direction().count(); d++) {
        for (int gate = 0; gate < spec.cell().gates(); gate++) {
          importBias(l, d, gate, weights, flat);
        }
      }
    }
    return flat;
  }

  /**
   * Exports.
   *
   * @param flat canonical parameters
   * @return the tensors of {@link #tensors()}, in that order
   * @throws IllegalArgumentException if the count is wrong or biases would have to be summed
   */
  public Map<String, float[]> fromParameters(float[] flat) {
    if (flat.length != layout.elements()) {
      throw new IllegalArgumentException(
          "parameters of "
              + spec.label()
              + ": expected "
              + layout.elements()
              + " values, got "
              + flat.length);
    }
    Map<String, float[]> weights = new LinkedHashMap<>();
    tensors.forEach((name, shape) -> weights.put(name, new float[(int) shape.elements()]));
    for (ParameterSlice s : layout.slices()) {
      if (!isBias(s.kind())) {
        moveMatrix(s, weights, flat, false);
      }
    }
    for (int l = 0; l < spec.layers(); l++) {
      for (int d = 0; d < spec.direction().count(); d++) {
        for (int gate = 0; gate < spec.cell().gates(); gate++) {
          exportBias(l, d, gate, flat, weights);
        }
      }
    }
    return weights;
  }

  private void importBias(int l, int d, int gate, Map<String, float[]> weights, float[] flat) {
    WeightPlace[] there = biasPlaces(l, d, gate);
    ParameterSlice[] here = biasSlices(l, d);
    float[][] pair = new float[2][];
    for (int side = 0; side < 2; side++) {
      pair[side] = there[side] == null ? null : read(weights, there[side]);
    }
    pair = pairing(l, d, gate).fit(pair, here[0] != null, here[1] != null);
    for (int side = 0; side < 2; side++) {
      if (here[side] != null) {
        int at = (int) here[side].offset() + gate * spec.hiddenSize();
        System.arraycopy(pair[side], 0, flat, at, spec.hiddenSize());
      }
    }
  }

  private void exportBias(int l, int d, int gate, float[] flat, Map<String, float[]> weights) {
    WeightPlace[] there = biasPlaces(l, d, gate);
    ParameterSlice[] here = biasSlices(l, d);
    float[][] pair = new float[2][];
    for (int side = 0; side < 2; side++) {
      if (here[side] != null) {
        int at = (int) here[side].offset() + gate * spec.hiddenSize();
        pair[side] = java.util.Arrays.copyOfRange(flat, at, at + spec.hiddenSize());
      }
    }
    pair = pairing(l, d, gate).fit(pair, there[0] != null, there[1] != null);
    for (int side = 0; side < 2; side++) {
      if (there[side] != null) {
        WeightPlace p = there[side];
        System.arraycopy(pair[side], 0, weights.get(p.tensor()), p.offset(), spec.hiddenSize());
      }
    }
  }

  private BiasPairing pairing(int l, int d, int gate) {
    return new BiasPairing(
        format + " of " + spec.label() + ", layer " + l + " direction " + d + " gate " + gate,
        spec.cell(),
        gate,
        spec.hiddenSize(),
        merge);
  }

  private WeightPlace[] biasPlaces(int l, int d, int gate) {
    return new WeightPlace[] {
      places.place(Kind.BIAS_IH, l, d, gate), places.place(Kind.BIAS_HH, l, d, gate)
    };
  }

  private ParameterSlice[] biasSlices(int l, int d) {
    return new ParameterSlice[] {layout.find(Kind.BIAS_IH, l, d), layout.find(Kind.BIAS_HH, l, d)};
  }

  private float[] read(Map<String, float[]> weights, WeightPlace p) {
    return java.util.Arrays.copyOfRange(
        weights.get(p.tensor()), p.offset(), p.offset() + spec.hiddenSize());
  }

  private static boolean isBias(Kind kind) {
    return kind == Kind.BIAS_IH || kind == Kind.BIAS_HH;
  }

  private void moveMatrix(
      ParameterSlice s, Map<String, float[]> weights, float[] flat, boolean importing) {
    int columns = s.shape().rank() == 1 ? 1 : (int) s.shape().dim(1);
    int blocks = WeightPlaces.blocks(s.kind(), spec);
    int rows = (int) s.shape().dim(0) / blocks;
    for (int block = 0; block < blocks; block++) {
      WeightPlace p = places.place(s.kind(), s.layer(), s.direction(), block);
      float[] tensor = weights.get(p.tensor());
      for (int row = 0; row < rows; row++) {
        int here = (int) s.offset() + (block * rows + row) * columns;
        int there = p.offset() + row * p.rowStride();
        for (int column = 0; column < columns; column++) {
          if (importing) {
            flat[here + column] = tensor[there + column * p.columnStride()];
          } else {
            tensor[there + column * p.columnStride()] = flat[here + column];
          }
        }
      }
    }
  }

  private void check(Map<String, float[]> weights) {
    for (Map.Entry<String, Shape> e : tensors.entrySet()) {
      float[] got = weights.get(e.getKey());
      if (got == null || got.length != e.getValue().elements()) {
        throw new IllegalArgumentException(
            where(e.getKey())
                + "expected "
                + e.getValue()
                + ", got "
                + (got == null ? "no such tensor" : got.length + " values"));
      }
    }
    for (String name : weights.keySet()) {
      if (!tensors.containsKey(name)) {
        throw new IllegalArgumentException(
            where(name) + "expected one of " + tensors.keySet() + ", got this name");
      }
    }
  }

  private String where(String tensor) {
    return format + " weights of " + spec.label() + ": tensor '" + tensor + "': ";
  }
}
