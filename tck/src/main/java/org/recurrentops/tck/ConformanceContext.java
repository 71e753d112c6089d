package org.recurrentops.tck;

import java.util.Optional;
import java.util.function.Supplier;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;

/** What a case runs on: an opened device and the algorithm to force. */
public final class ConformanceContext {
  private final Supplier<RecurrentOps> opener;
  private final RecurrentOps ops;
  private final String algorithm;
  private final MathMode mathMode;
  private final long seed;

  ConformanceContext(
      Supplier<RecurrentOps> opener,
      RecurrentOps ops,
      String algorithm,
      MathMode mathMode,
      long seed) {
    this.mathMode = mathMode;
    this.opener = opener;
    this.ops = ops;
    this.algorithm = algorithm;
    this.seed = seed;
  }

  /**
   * The device.
   *
   * @return an open device; the case leaves nothing allocated on it
   */
  public RecurrentOps ops() {
    return ops;
  }

  /**
   * Opens the device a second time.
   *
   * @return another ops, which the case closes
   */
  public RecurrentOps openAnother() {
    return opener.get();
  }

  /**
   * The algorithm to force.
   *
   * @return one of {@link RecurrentOps#algorithms()}, or {@code auto}
   */
  public String algorithm() {
    return algorithm;
  }

  /**
   * The arithmetic to force.
   *
   * @return one of {@link RecurrentOps#mathModes()}
   */
  public MathMode mathMode() {
    return mathMode;
  }

  /**
   * Seed of the case's data.
   *
   * @return the same number in every run of the case
   */
  public long seed() {
    return seed;
  }

  /**
   * Makes a plan with the algorithm forced and checks that the plan admits to it.
   *
   * @param spec what is computed
   * @param options how; its algorithm is replaced
   * @return the plan
   * @throws RefusedException if the backend refuses
   */
  public RecurrentPlan plan(RnnSpec spec, PlanOptions options) {
    PlanOptions forced = options.algorithm(algorithm).mathMode(mathMode);
    Optional<String> reason = ops.refusal(spec, forced);
    if (reason.isPresent()) {
      throw new RefusedException(reason.get());
    }
    RecurrentPlan plan = ops.plan(spec, forced);
    if (mathMode != MathMode.FP32 && !plan.describe().contains(mathMode.name())) {
      plan.close();
      throw new ConformanceFailure("plan: describe() does not name the mode " + mathMode);
    }
    boolean right =
        algorithm.equals(PlanOptions.AUTO)
            ? ops.algorithms().contains(plan.algorithm())
            : plan.algorithm().equals(algorithm);
    if (!right) {
      String got = plan.algorithm();
      plan.close();
      throw new ConformanceFailure(
          "plan: algorithm '" + algorithm + "' was forced for " + spec + ", got '" + got + "'");
    }
    return plan;
  }
}
