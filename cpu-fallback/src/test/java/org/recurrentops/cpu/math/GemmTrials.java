package org.recurrentops.cpu.math;

import java.util.Arrays;
import java.util.Random;

/** What every {@link Gemm} must do; also a program, to run in a JVM of another vector width. */
final class GemmTrials {
  private GemmTrials() {}

  /**
   * Runs trials on the form that the system properties select.
   *
   * @param args expected name of the form, number of trials, first seed, largest size
   */
  public static void main(String[] args) {
    Gemm gemm = CpuMath.select().gemm();
    if (!gemm.name().equals(args[0])) {
      throw new AssertionError("expected the form " + args[0] + ", got " + gemm.name());
    }
    int largest = Integer.parseInt(args[3]);
    int[] sizes = Arrays.stream(GemmTrial.SIZES).filter(s -> s <= largest).toArray();
    long first = Long.parseLong(args[2]);
    int trials = Integer.parseInt(args[1]);
    for (long seed = first; seed < first + trials; seed++) {
      run(gemm, new GemmTrial(seed, sizes));
    }
    System.out.println(trials + " trials passed on " + gemm.name());
  }

  static void run(Gemm gemm, GemmTrial trial) {
    Random random = GemmTrial.random(~trial.seed);
    Gemm.Scratch scratch = gemm.newScratch();
    leaveNan(gemm, scratch);
    float[] whole = trial.whole(gemm, scratch);
    trial.check(gemm.name(), whole);
    int row = random.nextInt(trial.m + 1);
    int column = random.nextInt(trial.n + 1);

    float[] quarters = trial.c.data.clone();
    trial.part(gemm, scratch, quarters, row, trial.m, 0, column);
    trial.part(gemm, scratch, quarters, 0, row, 0, column);
    trial.part(gemm, scratch, quarters, 0, row, column, trial.n);
    trial.part(gemm, scratch, quarters, row, trial.m, column, trial.n);
    trial.same(gemm.name() + " in quarters", whole, quarters);

    float[] packed = trial.packed(gemm, random.nextInt(trial.n + 1));
    float[] once = trial.c.data.clone();
    trial.partPacked(gemm, scratch, packed, once, 0, trial.m, 0, trial.n);
    trial.same(gemm.name() + " packed", whole, once);

    float[] split = trial.c.data.clone();
    trial.partPacked(gemm, scratch, packed, split, 0, row, 0, column);
    trial.partPacked(gemm, scratch, packed, split, row, trial.m, 0, column);
    for (int i = 0; i < trial.m; i++) {
      trial.partPacked(gemm, scratch, packed, split, i, i + 1, column, trial.n);
    }
    trial.same(gemm.name() + " packed and split", whole, split);

    if (trial.transA) {
      float[][] each = {trial.c.data.clone(), trial.c.data.clone()};
      trial.partOfEach(gemm, scratch, packed, each, row, trial.m);
      trial.partOfEach(gemm, scratch, packed, each, 0, row);
      trial.same(gemm.name() + " first of each", whole, each[0]);
      trial.same(gemm.name() + " second of each", whole, each[1]);
    }

    if (!trial.transA) {
      float[] biases = new float[trial.n + 2];
      for (int j = 0; j < biases.length; j++) {
        biases[j] = 2 * random.nextFloat() - 1;
      }
      float[] copied = trial.onto(gemm, scratch, packed, biases, column, true, 1);
      for (int bands = 1; bands <= 13; bands++) {
        if (trial.m % bands == 0) {
          trial.same(
              gemm.name() + " onto a row, bands " + bands,
              copied,
              trial.onto(gemm, scratch, packed, biases, column, false, bands));
        }
      }
      boolean joins = gemm.joinedDepth() == 0 || trial.k <= gemm.joinedDepth();
      float[] biased = joins ? trial.withBiases(gemm, scratch, biases) : null;
      for (int groups = 1; groups <= 4 && joins && trial.n > 0; groups++) {
        if (trial.n % groups == 0) {
          int firstK = random.nextInt(trial.k + 1);
          int cut = random.nextInt(trial.n / groups + 1);
          leaveNan(gemm, scratch);
          trial.same(
              gemm.name() + " joined of " + firstK + " and the rest, in groups " + groups,
              biased,
              trial.joined(gemm, scratch, biases, groups, cut, firstK));
        }
      }
    }

    for (int groups = 1; groups <= 4 && !trial.transA && trial.n > 0; groups++) {
      if (trial.n % groups == 0) {
        float[] grouped = trial.c.data.clone();
        int width = trial.n / groups;
        int cut = random.nextInt(width + 1);
        trial.partOfGroups(gemm, scratch, packed, grouped, groups, cut, width);
        trial.partOfGroups(gemm, scratch, packed, grouped, groups, 0, cut);
        trial.same(gemm.name() + " in " + groups + " groups", whole, grouped);
      }
    }
  }

  /** Whatever a product leaves in the scratch must not matter to the next. */
  private static void leaveNan(Gemm gemm, Gemm.Scratch scratch) {
    float[] nan = new float[20 * 20];
    Arrays.fill(nan, Float.NaN);
    gemm.gemm(
        false, true, 20, 20, 20, nan, 0, 20, nan, 0, 20, new float[400], 0, 20, false, scratch);
  }
}
