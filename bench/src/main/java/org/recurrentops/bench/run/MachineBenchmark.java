package org.recurrentops.bench.run;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The roofs of this machine's CPU, all processors at once: multiply-adds in registers, a triad over
 * memory, and reading what lies in the second- or third-level cache. They are what Java reaches:
 * the triad in a plain loop that the JVM vectorises, the others in the Vector API where it is
 * there.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Threads(Threads.MAX)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class MachineBenchmark {
  private static final RoofLoops LOOPS = RoofLoops.ofThisJvm();

  /** Elements that stay in the first-level cache. */
  static final int NEAR = 1024;

  /** Passes over them in one call. */
  static final int PASSES = 2000;

  /** Elements of each of the three arrays of the triad: 96 MiB in all, beyond most caches. */
  static final int FAR = 8 << 20;

  /** Elements that go through the registers of a thread, some at a time. */
  static final int IN_REGISTERS = 4 * RoofLoops.BLOCK;

  /** Floating-point operations of a call of {@link #fma} in one thread. */
  static final long FMA_FLOPS = 2L * 8 * IN_REGISTERS * PASSES;

  /** Bytes that a call of {@link #triad} reads and writes in one thread. */
  static final long TRIAD_BYTES = 3L * Float.BYTES * FAR;

  /** Elements of a thread that are read from the second-level cache: 120 KiB. */
  static final int IN_L2 = 160 * RoofLoops.BLOCK;

  /**
   * Elements of a thread that are read from the third-level cache: 3.75 MiB, more than second-level
   * caches hold; it is memory's speed where the third-level cache has less than that for a thread.
   */
  static final int IN_L3 = 32 * IN_L2;

  /**
   * Where a cache line begins in a large array: most JVMs put such arrays at a page, behind 16
   * bytes.
   */
  static final int LINE = 12;

  /** Bytes that a call of {@link #readNear} or {@link #readFar} reads in one thread. */
  static final long READ_BYTES = 4L * Float.BYTES * IN_L3;

  /** For JMH. */
  public MachineBenchmark() {}

  /** What one thread reads. */
  @State(Scope.Thread)
  public static class Cached {
    final float[] values = new float[LINE + IN_L3];
    final float[] sums = new float[RoofLoops.BLOCK];

    /** For JMH. */
    public Cached() {}

    /** Touches every page and checks a sum. */
    @Setup(Level.Trial)
    public void fill() {
      Arrays.fill(values, 1);
      LOOPS.read(values, LINE, IN_L3, sums);
      double sum = 0;
      for (float part : sums) {
        sum += part;
      }
      if (sum != IN_L3) {
        throw new IllegalStateException("read: expected a sum of " + IN_L3 + ", got " + sum);
      }
    }
  }

  /** Small arrays of one thread. */
  @State(Scope.Thread)
  public static class Near {
    final float[] values = new float[IN_REGISTERS];

    /** For JMH. */
    public Near() {}
  }

  /** Large arrays of one thread. */
  @State(Scope.Thread)
  public static class Far {
    float[] a;
    float[] b;
    float[] c;

    /** For JMH. */
    public Far() {}

    /** Touches every page and checks the sum. */
    @Setup(Level.Trial)
    public void fill() {
      a = new float[FAR];
      b = new float[FAR];
      c = new float[FAR];
      Arrays.fill(b, 1);
      Arrays.fill(c, 2);
      add(a, b, c);
      if (a[0] != 2 || a[FAR - 1] != 2) {
        throw new IllegalStateException("triad: expected 2, got " + a[0] + " and " + a[FAR - 1]);
      }
    }
  }

  /**
   * Eight dependent multiply-adds per element; neighbours are independent.
   *
   * @param near the elements
   * @return them, which JMH consumes
   */
  @Benchmark
  public float[] fma(Near near) {
    LOOPS.multiplyAdd(near.values, 8 * PASSES, 0.5f, 0.25f);
    return near.values;
  }

  /**
   * a = b + s·c.
   *
   * @param far the arrays
   * @return the sum, which JMH consumes
   */
  @Benchmark
  public float[] triad(Far far) {
    add(far.a, far.b, far.c);
    return far.a;
  }

  /**
   * Sums of what is in the second-level cache.
   *
   * @param cached what is read
   * @return the sums, which JMH consumes
   */
  @Benchmark
  public float[] readNear(Cached cached) {
    for (long bytes = 0; bytes < READ_BYTES; bytes += (long) Float.BYTES * IN_L2) {
      LOOPS.read(cached.values, LINE, IN_L2, cached.sums);
    }
    return cached.sums;
  }

  /**
   * Sums of what is in the third-level cache.
   *
   * @param cached what is read
   * @return the sums, which JMH consumes
   */
  @Benchmark
  public float[] readFar(Cached cached) {
    for (long bytes = 0; bytes < READ_BYTES; bytes += (long) Float.BYTES * IN_L3) {
      LOOPS.read(cached.values, LINE, IN_L3, cached.sums);
    }
    return cached.sums;
  }

  /** v → 8 times m·v + s. */
  static void multiplyAdd(float[] values, float m, float s) {
    for (int i = 0; i < values.length; i++) {
      float v = values[i];
      v = Math.fma(v, m, s);
      v = Math.fma(v, m, s);
      v = Math.fma(v, m, s);
      v = Math.fma(v, m, s);
      v = Math.fma(v, m, s);
      v = Math.fma(v, m, s);
      v = Math.fma(v, m, s);
      v = Math.fma(v, m, s);
      values[i] = v;
    }
  }

  private static void add(float[] a, float[] b, float[] c) {
    for (int i = 0; i < a.length; i++) {
      a[i] = b[i] + 0.5f * c[i];
    }
  }
}
