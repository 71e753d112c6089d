package org.recurrentops.bench.layers;

import java.util.Arrays;
import java.util.function.Predicate;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.bench.layers.ReferenceCell.Step;

/**
 * Compares a layer's first and last row with {@link ReferenceLayer}, so that nothing wrong is
 * timed. The bound on the difference is 8·⌈log2 depth⌉·2⁻²⁴·scale, twice that for gradients; depth
 * is T + C + H, and T·N more for parameters; scale is the largest value of the step or the
 * parameter slice.
 */
public final class LayerCheck {
  private final double unitRoundoff;
  private final double floor;
  private final LayerShape shape;
  private final ReferenceLayer reference;
  private final float[] x;
  private final int[] rows;
  private final Step[][] steps;

  /**
   * Runs the reference forwards.
   *
   * @param shape of the layer
   * @param params in the canonical layout
   * @param x [T,N,C]
   */
  public LayerCheck(LayerShape shape, float[] params, float[] x) {
    this(shape, params, x, 0x1p-24);
  }

  /**
   * Runs the reference forwards.
   *
   * @param params in the canonical layout
   * @param x [T,N,C]
   * @param unitRoundoff of the products, in place of 2⁻²⁴
   */
  LayerCheck(LayerShape shape, float[] params, float[] x, double unitRoundoff) {
    this(shape, params, x, unitRoundoff, 0);
  }

  /**
   * Runs the reference forwards.
   *
   * @param params in the canonical layout
   * @param x [T,N,C]
   * @param unitRoundoff of the products, in place of 2⁻²⁴
   * @param floor added to every bound, √(T·N) times as much to those of parameters, which sum over
   *     all rows: how far off a right result may be, however small it is
   */
  LayerCheck(LayerShape shape, float[] params, float[] x, double unitRoundoff, double floor) {
    this.unitRoundoff = unitRoundoff;
    this.floor = floor;
    this.shape = shape;
    this.x = x;
    reference = new ReferenceLayer(shape, params);
    rows = shape.batch() == 1 ? new int[] {0} : new int[] {0, shape.batch() - 1};
    steps = Arrays.stream(rows).mapToObj(row -> reference.forward(x, row)).toArray(Step[][]::new);
  }

  /**
   * Sets all rows to zero that are not checked: the parameter gradient is then theirs alone.
   *
   * @param dy [T,N,H]
   * @return a copy
   */
  public float[] onlyCheckedRows(float[] dy) {
    float[] masked = new float[dy.length];
    for (int t = 0; t < shape.steps(); t++) {
      for (int row : rows) {
        int at = (t * shape.batch() + row) * shape.hiddenSize();
        System.arraycopy(dy, at, masked, at, shape.hiddenSize());
      }
    }
    return masked;
  }

  /**
   * Checks the outputs.
   *
   * @param y [T,N,H]
   * @throws IllegalStateException if one is wrong
   */
  public void forward(float[] y) {
    double tolerance = tolerance(0);
    for (int r = 0; r < rows.length; r++) {
      for (int t = 0; t < shape.steps(); t++) {
        int at = (t * shape.batch() + rows[r]) * shape.hiddenSize();
        compare("y[" + t + "," + rows[r] + "]", steps[r][t].h(), y, at, tolerance, floor);
      }
    }
  }

  /**
   * Checks the gradients.
   *
   * @param dy [T,N,H], from {@link #onlyCheckedRows}
   * @param dx [T,N,C]
   * @param dParams in the canonical layout
   * @throws IllegalStateException if one is wrong
   */
  public void backward(float[] dy, float[] dx, float[] dParams) {
    backward(dy, dx, dParams, slice -> true);
  }

  /**
   * As {@link #backward(float[], float[], float[])}, but only some of the parameters' gradients.
   */
  void backward(
      float[] dy, float[] dx, float[] dParams, Predicate<ParameterSlice> parametersToCheck) {
    double[] wanted = new double[dParams.length];
    for (int r = 0; r < rows.length; r++) {
      double[][] dxRow = reference.backward(steps[r], x, dy, rows[r], wanted);
      for (int t = 0; t < shape.steps(); t++) {
        int at = (t * shape.batch() + rows[r]) * shape.inputSize();
        compare("dx[" + t + "," + rows[r] + "]", dxRow[t], dx, at, 2 * tolerance(0), floor);
      }
    }
    long summed = (long) shape.steps() * shape.batch();
    double tolerance = 2 * tolerance(summed);
    for (ParameterSlice s : ParameterLayout.of(shape.spec()).slices()) {
      if (!parametersToCheck.test(s)) {
        continue;
      }
      int from = Math.toIntExact(s.offset());
      double[] part = Arrays.copyOfRange(wanted, from, from + Math.toIntExact(s.elements()));
      compare("d" + s.name(), part, dParams, from, tolerance, floor * Math.sqrt(summed));
    }
  }

  private double tolerance(long more) {
    double depth = (double) shape.steps() + shape.inputSize() + shape.hiddenSize() + more;
    return 8 * Math.ceil(Math.log(depth) / Math.log(2)) * unitRoundoff;
  }

  private void compare(
      String what, double[] wanted, float[] got, int at, double tolerance, double least) {
    double bound = least + tolerance * Arrays.stream(wanted).map(Math::abs).max().orElse(0);
    for (int j = 0; j < wanted.length; j++) {
      if (!(Math.abs(got[at + j] - wanted[j]) <= bound)) {
        throw new IllegalStateException(
            String.format(
                "%s: %s element %d: expected %.9g ± %.2g (float64), got %.9g; nothing is timed",
                shape, what, j, wanted[j], bound, got[at + j]));
      }
    }
  }
}
