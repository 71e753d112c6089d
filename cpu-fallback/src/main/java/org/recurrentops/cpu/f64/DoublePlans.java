package org.recurrentops.cpu.f64;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.recurrentops.Counters;
import org.recurrentops.PlanOptions;
import org.recurrentops.cpu.f64.math.CpuMath;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;

/** The entrance to float64 plans, for the device of {@code org.recurrentops.cpu}. */
public final class DoublePlans implements AutoCloseable {
  /** The one algorithm there is. */
  private static final String ALGORITHM = "stepped/java";

  private final CpuMath math = new CpuMath();
  private final Workforce workforce;

  /**
   * For a device.
   *
   * @param threads how many do the work, started with the first large call
   * @param executor whose threads they are beside the caller's, or null for own ones
   */
  public DoublePlans(int threads, Executor executor) {
    workforce = new Workforce(threads, executor, math.gemm());
  }

  /**
   * Why options that ask for float64 cannot be taken.
   *
   * @param options what is asked
   * @return the reason, or empty
   */
  public Optional<String> refusal(PlanOptions options) {
    String forced = options.algorithm();
    if (!forced.equals(PlanOptions.AUTO) && !forced.equals(ALGORITHM)) {
      return Optional.of(
          "algorithm " + forced + ": float64 is computed by " + ALGORITHM + " only; use that");
    }
    return Tuning.refusal(options, List.of(ALGORITHM));
  }

  /**
   * Memory of a plan.
   *
   * @param request what is asked
   * @return element counts
   * @throws ArithmeticException if they cannot be addressed
   */
  public PlanMemory estimate(PlanRequest request) {
    PlanShape shape = new PlanShape(request, math, workforce.threads());
    return new PlanLayout(shape, new Crew(shape, workforce)).memory;
  }

  /**
   * Makes a plan.
   *
   * @param request what is asked, not refused
   * @param counters where its runs are counted
   * @return the plan
   */
  public BackendPlan plan(PlanRequest request, Counters counters) {
    return new CpuPlan(
        new PlanShape(request, math, workforce.threads()), workforce, counters, ALGORITHM);
  }

  /** Ends the threads. */
  @Override
  public void close() {
    workforce.close();
  }
}
