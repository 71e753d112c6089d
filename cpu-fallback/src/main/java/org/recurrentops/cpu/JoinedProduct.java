package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;

/**
 * The projection of a step and its recurrent product as one: {@code target = b + [x, h₋]·[Wᵀ; Rᵀ]}.
 * Where weights are small, products are short, and their begin and end count: one twice as long has
 * half as many, and nobody stores a projection and finds it again.
 */
final class JoinedProduct implements Stage {
  private final Gemm gemm;
  private final Stage otherwise;
  private final JoinedInput input;
  private final Slab state;
  private final Slab target;
  private final UnitColumns columns;

  /**
   * With shares that are all columns of a worker's units.
   *
   * @param otherwise the recurrent product alone, for calls to which the input does not apply
   * @param groups groups of columns, such as gates
   */
  JoinedProduct(
      Gemm gemm, Stage otherwise, JoinedInput input, Slab state, Slab target, int groups) {
    this.gemm = gemm;
    this.otherwise = otherwise;
    this.input = input;
    this.state = state;
    this.target = target;
    columns = new UnitColumns(input.weight().columns(), groups, gemm.columnGranularity());
  }

  @Override
  public boolean writesOwnUnits() {
    return true;
  }

  @Override
  public Phase phase() {
    return input.applies() ? Phase.JOINED_PRODUCTS : otherwise.phase();
  }

  @Override
  public void run(Worker w, int t) {
    if (input.applies()) {
      share(w, t, false);
    } else {
      otherwise.run(w, t);
    }
  }

  /** Zero times the weight is zero, even where the weight is infinite or NaN. */
  @Override
  public void runWithZero(Worker w, int t, Slab zero) {
    if (input.applies()) {
      share(w, t, state == zero);
    } else {
      otherwise.runWithZero(w, t, zero);
    }
  }

  private void share(Worker w, int t, boolean alone) {
    int ranges = columns.ranges(w);
    int left = columns.left(w, ranges);
    int right = columns.right(w, ranges);
    if (w.rowCount() == 0 || left >= right) {
      return;
    }
    if (alone) {
      inputAlone(w, t, ranges, left, right);
    } else {
      both(w, t, ranges, left, right);
    }
  }

  private void both(Worker w, int t, int ranges, int left, int right) {
    int first = w.row(0);
    gemm.gemmPackedJoined(
        ranges,
        w.rowCount(),
        columns.count(),
        input.x().width(),
        input.x().data(false),
        input.at(t, first),
        input.x().stride(false),
        state.width,
        state.data,
        state.at(t, first),
        state.width,
        input.weight().data(),
        input.weight().offset(w),
        left,
        right,
        target.data,
        target.at(t, first),
        target.width,
        w.scratch(gemm));
  }

  private void inputAlone(Worker w, int t, int ranges, int left, int right) {
    int first = w.row(0);
    for (int j = 0; j < columns.count(); j += columns.width(ranges)) {
      gemm.gemmPackedOnto(
          1,
          w.rowCount(),
          columns.count(),
          input.x().width(),
          input.x().data(false),
          input.at(t, first),
          input.x().stride(false),
          0,
          input.alone().data(),
          input.alone().offset(w),
          j + left,
          j + right,
          input.bias(),
          input.biasOffset(),
          target.data,
          target.at(t, first),
          target.width,
          0,
          w.scratch(gemm));
    }
  }
}
