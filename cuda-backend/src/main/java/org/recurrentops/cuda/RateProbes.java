package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import org.recurrentops.cuda.Probe.Figure;
import org.recurrentops.cuda.Probe.Needs;

/** How fast memories and float32 units are. */
final class RateProbes {
  private static final int THREADS = 256;
  private static final int QUAD = 16;

  /** Every word of the memory that is read: the sum tells how many were. */
  private static final int FILL = 0x01234567;

  private RateProbes() {}

  /** All of them. */
  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    all.add(new Probe("rate/float32", Needs.NOTHING, RateProbes::multiplyAdds));
    all.add(new Probe("rate/shared", Needs.NOTHING, RateProbes::shared));
    all.add(
        new Probe(
            "rate/l2", Needs.NOTHING, d -> global(d, 16L << 20, 64, "16 MiB; assumed 5.5 TB/s")));
    all.add(
        new Probe(
            "rate/memory", Needs.NOTHING, d -> global(d, 1L << 30, 4, "1 GiB; assumed 4.3 TB/s")));
    for (int kib : new int[] {4, 24, 64, 256}) {
      all.add(new Probe("rate/broadcast-" + kib, Needs.NOTHING, d -> broadcast(d, kib)));
    }
    return all;
  }

  /**
   * A rate, if the device is timed: the median of seven runs after two.
   *
   * @param amount of work; the unit is that per microsecond
   */
  static Figure rate(ProbeDevice d, Runnable launch, double amount, String unit, String note) {
    return new Figure(d.isTimed() ? amount / median(d, launch) : 0, unit, note);
  }

  /** Median device time of seven runs, in microseconds, after two to warm up. */
  static double median(ProbeDevice d, Runnable work) {
    d.microseconds(work);
    d.microseconds(work);
    double[] samples = new double[7];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = d.microseconds(work);
    }
    Arrays.sort(samples);
    return samples[samples.length / 2];
  }

  private static Figure multiplyAdds(ProbeDevice d) {
    int blocks = d.isTimed() ? 4 * d.multiprocessors() : 2;
    int rounds = d.isTimed() ? 1 << 15 : 9;
    CUdeviceptr out = d.filled((long) blocks * THREADS, 0);
    Runnable launch =
        () -> d.launch(d.kernel("rates", "rate_float"), blocks, THREADS, 0, out, 1f, 1f, rounds);
    launch.run();
    int[] expected = new int[blocks * THREADS];
    Arrays.fill(expected, Float.floatToRawIntBits(rounds));
    Probe.expect("sums", expected, d.read(out, expected.length));
    double flops = 2.0 * 8 * blocks * THREADS * rounds;
    return rate(d, launch, flops / 1e6, "TFLOP/s", "fused multiply-adds");
  }

  private static Figure shared(ProbeDevice d) {
    int blocks = d.isTimed() ? 2 * d.multiprocessors() : 2;
    int rounds = d.isTimed() ? 4096 : 5;
    int quads = 2048;
    CUdeviceptr sums = d.filled((long) blocks * THREADS, 0);
    Runnable launch =
        () -> d.launch(d.kernel("rates", "rate_shared"), blocks, THREADS, 0, sums, rounds);
    launch.run();
    int expected = blocks * rounds * (quads * (quads - 1) / 2 + quads);
    Probe.expect("sum", expected, sum(d, sums, blocks * THREADS));
    double bytes = (double) blocks * rounds * quads * QUAD;
    return rate(
        d,
        launch,
        bytes / 1e6,
        "TB/s",
        "16-byte reads; 128 B per clock and multiprocessor assumed");
  }

  private static Figure global(ProbeDevice d, long wanted, int timedRounds, String note) {
    long bytes = d.isTimed() ? wanted : 48 << 10;
    int rounds = d.isTimed() ? timedRounds : 3;
    int blocks = d.isTimed() ? 8 * d.multiprocessors() : 3;
    CUdeviceptr in = d.filled(bytes / Integer.BYTES, FILL);
    CUdeviceptr sums = d.filled((long) blocks * THREADS, 0);
    Runnable launch =
        () ->
            d.launch(
                d.kernel("rates", "rate_global"),
                blocks,
                THREADS,
                0,
                in,
                sums,
                bytes / QUAD,
                rounds);
    launch.run();
    int expected = (int) (bytes / Integer.BYTES * rounds) * FILL;
    Probe.expect("sum", expected, sum(d, sums, blocks * THREADS));
    return rate(d, launch, (double) bytes * rounds / 1e6, "TB/s", "read " + note);
  }

  /** What a step of a persistent layer does: all multiprocessors read the same h. */
  private static Figure broadcast(ProbeDevice d, int kib) {
    int bytes = kib << 10;
    int rounds = d.isTimed() ? 256 : 2;
    int blocks = d.isTimed() ? d.multiprocessors() : 2;
    CUdeviceptr in = d.filled(bytes / Integer.BYTES, FILL);
    CUdeviceptr sums = d.filled((long) blocks * THREADS, 0);
    Runnable launch =
        () ->
            d.launch(
                d.kernel("rates", "rate_broadcast"),
                blocks,
                THREADS,
                0,
                in,
                sums,
                bytes / QUAD,
                rounds);
    launch.run();
    int expected = bytes / Integer.BYTES * rounds * blocks * FILL;
    Probe.expect("sum", expected, sum(d, sums, blocks * THREADS));
    double perRound = d.isTimed() ? median(d, launch) / rounds : 0;
    double rate = d.isTimed() ? (double) bytes * blocks / perRound / 1e6 : 0;
    return new Figure(
        perRound,
        "µs per round",
        String.format(
            java.util.Locale.ROOT,
            "%d blocks read the same %d KiB%s",
            blocks,
            kib,
            d.isTimed() ? String.format(java.util.Locale.ROOT, ", %.2f TB/s in all", rate) : ""));
  }

  private static int sum(ProbeDevice d, CUdeviceptr at, int count) {
    return Arrays.stream(d.read(at, count)).sum();
  }
}
