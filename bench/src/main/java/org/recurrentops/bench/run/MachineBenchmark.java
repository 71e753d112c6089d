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
 * The two roofs of this machine's CPU, all processors at once: multiply-adds in registers and a
 * triad over memory. Both are plain loops that the JVM vectorises, so they are what Java reaches.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Threads(Threads.MAX)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class MachineBenchmark {
  /** Elements that stay in the first-level cache. */
  static final int NEAR = 1024;

  /** Passes over them in one call. */
  static final int PASSES = 2000;

  /** Elements of each of the three arrays of the triad: 96 MiB in all, beyond most caches. */
  static final int FAR = 8 << 20;

  /** Floating-point operations of a call of {@link #fma} in one thread. */
  static final long FMA_FLOPS = 2L * 8 * NEAR * PASSES;

  /** Bytes that a call of {@link #triad} reads and writes in one thread. */
  static final long TRIAD_BYTES = 3L * Float.BYTES * FAR;

  /** For JMH. */
  public MachineBenchmark() {}

  /** Small arrays of one thread. */
  @State(Scope.Thread)
  public static class Near {
    final float[] values = new float[NEAR];

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
    for (int pass = 0; pass < PASSES; pass++) {
      multiplyAdd(near.values, 0.5f, 0.25f);
    }
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
