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
      run(w, t, input.weight());
    } else {
      otherwise.run(w, t);
    }
  }

  /** Zero times the weight is zero, even where the weight is infinite or NaN. */
  @Override
  public void runWithZero(Worker w, int t, Slab zero) {
    if (input.applies()) {
      run(w, t, state == zero ? input.alone() : input.weight());
    } else {
      otherwise.runWithZero(w, t, zero);
    }
  }

  private void run(Worker w, int t, PackedMatrix weight) {
    int ranges = columns.ranges(w);
    int left = columns.left(w, ranges);
    int right = columns.right(w, ranges);
    if (w.rowCount() == 0 || left >= right) {
      return;
    }
    int first = w.row(0);
    int width = input.x().width();
    gemm.gemmPackedJoined(
        ranges,
        w.rowCount(),
        columns.count(),
        width,
        input.x().data(false),
        input.at(t, first),
        input.x().stride(false),
        weight.rows() - width,
        state.data,
        state.at(t, first),
        state.width,
        weight.data(),
        weight.offset(),
        left,
        right,
        input.bias(),
        input.biasOffset(),
        target.data,
        target.at(t, first),
        target.width,
        w.scratch(gemm));
  }
}
