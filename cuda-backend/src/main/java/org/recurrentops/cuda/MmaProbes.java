package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import jcuda.driver.CUdeviceptr;
import org.recurrentops.cuda.Probe.Figure;
import org.recurrentops.cuda.Probe.Needs;

/**
 * What the tensor cores make of fragments laid out as PTX's manual says, and how fast they are. All
 * values are short enough for every sum to be exact in any order. And copies that go on beside
 * their thread, which need the same cards.
 */
final class MmaProbes {
  private static final int ROWS = 16;
  private static final int COLUMNS = 8;
  private static final int LANES = 32;
  private static final int THREADS = 256;

  private MmaProbes() {}

  /** A format of operands: how many of its bits are exponent and mantissa. */
  private enum Format {
    BF16(16, 7, 127, 0x3F80_3F80, 989),
    FP16(16, 10, 15, 0x3C00_3C00, 989),
    TF32(8, 23, 127, 0x3F80_0000, 495);

    private final int depth;
    private final int mantissa;
    private final int bias;
    private final int ones;
    private final int dense; // TFLOP/s of an H100 or H200 by its data sheet

    Format(int depth, int mantissa, int bias, int ones, int dense) {
      this.depth = depth;
      this.mantissa = mantissa;
      this.bias = bias;
      this.ones = ones;
      this.dense = dense;
    }

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    private int perWord() {
      return this == TF32 ? 1 : 2;
    }

    /** Bits of a number between 1/4 and 4, or its negative, with three bits of mantissa. */
    private int bits(SplittableRandom random) {
      int exponent = bias - 2 + random.nextInt(4);
      int fraction = random.nextInt(8) << (mantissa - 3);
      int sign = random.nextInt(2) << (this == TF32 ? 31 : 15);
      return sign | exponent << mantissa | fraction;
    }

    private double value(int bits) {
      double fraction = (bits & ((1 << mantissa) - 1)) / (double) (1 << mantissa);
      int exponent = (bits >>> mantissa & (2 * bias + 1)) - bias;
      boolean negative = (bits >>> (this == TF32 ? 31 : 15) & 1) == 1;
      return (negative ? -1 : 1) * (1 + fraction) * Math.pow(2, exponent);
    }
  }

  /** Unit tests and rates. */
  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    for (Format f : Format.values()) {
      PieceProbes.both(
          all,
          "piece/mma-" + f.label(),
          "mma",
          Needs.CARD_80,
          Needs.SM_80,
          (d, file) -> tile(d, file, f, 0));
    }
    PieceProbes.both(
        all,
        "piece/mma-tf32-lowest-bits",
        "mma",
        Needs.CARD_80,
        Needs.SM_80,
        (d, file) -> tile(d, file, Format.TF32, 0x1FFF));
    PieceProbes.both(
        all, "piece/copy-ahead", "mma", Needs.CARD_80, Needs.SM_80, MmaProbes::copyAhead);
    for (Format f : Format.values()) {
      all.add(new Probe("rate/mma-" + f.label(), Needs.SM_80, d -> rate(d, f)));
    }
    return all;
  }

  /** What each thread finds in its ring of two slots, and behind a barrier in its neighbours'. */
  private static Figure copyAhead(ProbeDevice d, String file) {
    int threads = 64;
    int count = 7;
    SplittableRandom random = new SplittableRandom(43);
    int[] from = random.ints(4L * count * threads).toArray();
    int[] last = random.ints(4L * 2 * threads).toArray();
    int[] expected = new int[threads];
    for (int i = 0; i < threads; i++) {
      for (int k = 0; k < count; k++) {
        int at = 4 * (k * threads + i);
        expected[i] *= 31;
        expected[i] += from[at] + 3 * from[at + 1] + 5 * from[at + 2] + 7 * from[at + 3];
      }
      int other = last[4 * (threads + (i + 2) % threads) + 3];
      expected[i] = 31 * expected[i] + (last[4 * ((i + 1) % threads)] ^ other);
    }
    CUdeviceptr sums = d.filled(threads, 0);
    d.launch(
        d.kernel(file, "piece_copy_ahead"),
        1,
        threads,
        0,
        d.words(from),
        d.words(last),
        sums,
        count);
    Probe.expect("sums", expected, d.read(sums, threads));
    return Figure.none();
  }

  /** D = C + A B with C = row - column, from fragments. */
  private static Figure tile(ProbeDevice d, String file, Format f, int noise) {
    SplittableRandom random = new SplittableRandom(42 + f.ordinal());
    int[][] a = new int[ROWS][f.depth];
    int[][] b = new int[COLUMNS][f.depth];
    for (int[][] m : List.of(a, b)) {
      for (int[] line : m) {
        for (int k = 0; k < f.depth; k++) {
          line[k] = f.bits(random);
        }
      }
    }
    int[] aWords = new int[4 * LANES];
    int[] bWords = new int[2 * LANES];
    int[] c = new int[4 * LANES];
    int[] expected = new int[4 * LANES];
    int half = f.depth / 2;
    for (int lane = 0; lane < LANES; lane++) {
      int group = lane / 4;
      int k = lane % 4 * f.perWord();
      for (int i = 0; i < 4; i++) {
        aWords[4 * lane + i] = word(a[group + 8 * (i % 2)], k + half * (i / 2), f, noise);
        int row = group + 8 * (i / 2);
        int column = lane % 4 * 2 + i % 2;
        c[4 * lane + i] = Float.floatToRawIntBits(row - column);
        double sum = row - column;
        for (int m = 0; m < f.depth; m++) {
          sum += f.value(a[row][m]) * f.value(b[column][m]);
        }
        expected[4 * lane + i] = Float.floatToRawIntBits((float) sum);
      }
      for (int i = 0; i < 2; i++) {
        bWords[2 * lane + i] = word(b[group], k + half * i, f, noise);
      }
    }
    CUdeviceptr result = d.words(c);
    d.launch(
        d.kernel(file, "piece_mma_" + f.label()),
        1,
        LANES,
        0,
        d.words(aWords),
        d.words(bWords),
        result);
    Probe.expect("tile", expected, d.read(result, expected.length));
    return Figure.none();
  }

  private static int word(int[] line, int k, Format f, int noise) {
    return f.perWord() == 1 ? line[k] | noise : line[k] | line[k + 1] << 16;
  }

  private static Figure rate(ProbeDevice d, Format f) {
    int blocks = d.isTimed() ? 2 * d.multiprocessors() : 2;
    int rounds = d.isTimed() ? 4096 : 3;
    CUdeviceptr out = d.filled((long) blocks * THREADS, 0);
    Runnable launch =
        () ->
            d.launch(
                d.kernel("mma", "mma_rate_" + f.label()), blocks, THREADS, 0, out, f.ones, rounds);
    launch.run();
    int[] expected = new int[blocks * THREADS];
    java.util.Arrays.fill(expected, Float.floatToRawIntBits((float) f.depth * rounds));
    Probe.expect("sums", expected, d.read(out, expected.length));
    double flops = 2.0 * ROWS * COLUMNS * f.depth * 4 * (THREADS / 32) * blocks * rounds;
    String note = "mma.sync, 8 warps x 2 blocks; data sheet of an H200: " + f.dense + " (wgmma)";
    return RateProbes.rate(d, launch, flops / 1e6, "TFLOP/s", note);
  }
}
