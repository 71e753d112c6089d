package org.recurrentops.cpu.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Uses vectors of other widths, then asks whether the activations allocate: a JVM of its own. */
final class OtherWidths {
  private OtherWidths() {}

  public static void main(String[] args) {
    use(FloatVector.SPECIES_128);
    use(FloatVector.SPECIES_256);
    use(FloatVector.SPECIES_512);
    Activations f = CpuMath.select().activations();
    float[] x = new float[1000];
    float[] y = new float[1000];
    Allocation.assertNone("sigmoid", () -> f.sigmoid(x, 1, y, 0, 997));
    Allocation.assertNone("tanh", () -> f.tanh(x, 0, y, 0, 997));
    Allocation.assertNone("subnormals", () -> f.clearSubnormals(x, 0, 997));
    LstmUnits units = CpuMath.select().lstmUnits(64);
    float[] a = new float[1000];
    float[] b = new float[1000];
    Allocation.assertNone("LSTM", () -> units.forward(61, 4, 61, x, 0, a, 0, a, 500, y, 0));
    Allocation.assertNone(
        "gradients of LSTM",
        () -> units.backward(61, 4, 61, x, 0, a, 0, a, 500, b, 0, b, 250, y, 0, b, 500));
    GruUnits gru = CpuMath.select().gruUnits(64);
    Allocation.assertNone("GRU", () -> gru.forward(61, 4, 61, x, 0, a, 0, a, 500, y, 0));
    Allocation.assertNone(
        "gradients of GRU",
        () -> gru.backward(61, 4, 61, x, 0, a, 0, a, 500, b, 0, y, 0, b, 500, a, 250));
    Allocation.assertNone("reset before", () -> gru.reset(61, 4, 61, x, 0, a, 0, b, 0));
    Allocation.assertNone("update", () -> gru.update(61, 4, 61, x, 0, a, 0, y, 0));
    Allocation.assertNone(
        "gradients of update",
        () -> gru.updateGradients(61, 4, 61, x, 0, a, 0, b, 0, y, 0, b, 500));
    Allocation.assertNone(
        "gradients of reset before",
        () -> gru.resetGradients(61, 4, 61, x, 0, a, 0, b, 250, y, 0, b, 500));
    Gemm gemm = CpuMath.select().gemm();
    for (int m = 1; m <= 9; m++) {
      products(gemm, m);
    }
    farProducts(gemm);
    lanes(CpuMath.select().batchLanes());
    System.out.println("nothing allocated");
  }

  /** Whole panels and a part of one, stored and added. */
  private static void products(Gemm gemm, int m) {
    int n = 12 * gemm.columnGranularity() + 3;
    int k = 20;
    float[] a = new float[m * k];
    float[] b = new float[k * n];
    float[] c = new float[m * n];
    Gemm.Scratch scratch = gemm.newScratch();
    for (boolean add : new boolean[] {false, true}) {
      Allocation.assertNone(
          "product of " + m + " rows",
          () -> gemm.gemm(false, false, m, n, k, a, 0, k, b, 0, n, c, 0, n, add, scratch));
    }
    Allocation.assertNone(
        "product of " + m + " transposed rows",
        () -> gemm.gemm(true, false, m, n, k, a, 0, m, b, 0, n, c, 0, n, false, scratch));
  }

  /** Panels that do not stay in a core's own cache. */
  private static void farProducts(Gemm gemm) {
    int m = 19;
    int n = 8 * gemm.columnGranularity();
    int k = (1 << 18) / n + 2;
    float[] a = new float[m * k];
    float[] b = new float[gemm.packedLength(k, n)];
    float[] c = new float[m * n];
    Gemm.Scratch scratch = gemm.newScratch();
    Allocation.assertNone(
        "product with panels far away",
        () -> gemm.gemmPacked(false, m, n, k, a, 0, k, b, 0, 0, n, c, 0, n, false, scratch));
  }

  /** A whole panel and a part of one. */
  private static void lanes(BatchLanes lanes) {
    int count = 50;
    float[] x = new float[lanes.width() * count];
    float[] panel = new float[lanes.width() * count];
    float[] scratch = new float[lanes.scratch()];
    for (int rows : new int[] {lanes.width(), lanes.width() - 3}) {
      Allocation.assertNone(
          "rows into lanes", () -> lanes.toLanes(rows, count, x, 0, count, panel, 0, scratch));
      Allocation.assertNone(
          "lanes into rows", () -> lanes.toRows(rows, count, panel, 0, x, 0, count, scratch));
    }
    float[] tiles = new float[2 * lanes.tile() * count];
    float[] c = new float[2 * lanes.tile() * lanes.width()];
    int step = lanes.tile() * count;
    Allocation.assertNone(
        "product of lanes",
        () -> lanes.multiply(2, count, tiles, 0, step, 1, panel, 0, 0, c, 0, c.length));
  }

  private static void use(VectorSpecies<Float> species) {
    float[] values = new float[64];
    VectorShuffle<Integer> swap =
        VectorShuffle.fromOp(species.withLanes(int.class).check(int.class), k -> k ^ 1);
    for (int i = 0; i < 100_000; i++) {
      FloatVector x = FloatVector.fromArray(species, values, 0).mul(2f);
      IntVector bits = x.fma(x, x).sub(x).div(x).reinterpretAsInts();
      bits = bits.and(bits).add(bits).min(bits).sub(bits).or(bits).not();
      bits = bits.rearrange(swap);
      bits.lanewise(VectorOperators.LSHL, 1).reinterpretAsFloats().add(x).intoArray(values, 0);
    }
  }
}
