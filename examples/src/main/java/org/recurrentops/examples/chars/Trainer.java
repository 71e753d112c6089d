package org.recurrentops.examples.chars;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.recurrentops.AdamOptions;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.DType;
import org.recurrentops.DeviceMath;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.LossOptions;
import org.recurrentops.Optimizer;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * Trains on one window after the other: forward, loss, backward, clipping and Adam, all on the
 * device. The host sends [T+1,N] symbols per step and fetches two numbers per report.
 */
public final class Trainer implements AutoCloseable {
  private final CharsConfig config;
  private final Batches batches;
  private final CharModel model;
  private final RecurrentOps ops;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final RecurrentPlan plan;
  private final Reserve reserve;
  private final CarriedState state;
  private final Optimizer optimizer;
  private final int[] window;
  private final Tensor symbols;
  private final Tensor x;
  private final Tensor targets;
  private final Tensor y;
  private final Tensor logits;
  private final Tensor dy;
  private final Tensor gradient;
  private final Tensor measured;
  private final Tensor measuredSum;
  private final Tensor nonFinite;
  private final Tensor headParams;
  private final Tensor dHead;
  private final Tensor loss;
  private final Tensor norm;
  private final List<Tensor> clipped;
  private final Forward forward;
  private Backward backward;
  private long step;
  private int unreported;

  /**
   * Plans and allocates.
   *
   * @param config choices
   * @param batches the training text
   * @param model what is trained; stays the caller's
   * @param tuning decision of an earlier plan, or null
   */
  public Trainer(CharsConfig config, Batches batches, CharModel model, String tuning) {
    this.config = config;
    this.batches = batches;
    this.model = model;
    this.ops = model.ops();
    RnnSpec spec = model.spec();
    int t = config.window();
    int n = config.batch();
    plan = own(ops.plan(spec, PlanOptions.training(t, n).tuning(tuning)));
    reserve = own(plan.newReserve());
    state = own(new CarriedState(ops, spec, n));
    window = new int[(t + 1) * n];
    symbols = own(ops.allocate(DType.I32, t + 1, n));
    x = symbols.slice(0, 0, t);
    targets = symbols.slice(0, 1, t + 1);
    y = own(ops.allocate(t, n, spec.outputSize()));
    dy = own(ops.allocate(t, n, spec.outputSize()));
    logits = own(ops.allocate(t, n, spec.inputSize()));
    gradient = own(ops.allocate(model.params().shape()));
    measured = own(ops.allocate(2));
    measuredSum = own(ops.allocate(2));
    nonFinite = own(ops.allocate(DType.I32, 1));
    ops.math().fill(measuredSum, 0);
    headParams = model.headOf(model.params());
    dHead = model.headOf(gradient);
    loss = measured.slice(0, 0, 1);
    norm = measured.slice(0, 1, 2);
    clipped = List.of(gradient);
    AdamOptions adam = AdamOptions.of(config.learningRate());
    optimizer = own(Optimizer.adam(ops, model.params().dim(0), adam));
    ForwardArgs args = ForwardArgs.of(model.layers(model.params()), x, y).seed(config.seed());
    forward = plan.bindForward(state.carry(args), reserve);
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  /** Takes one optimiser step on the next window. */
  public void advance() {
    DeviceMath math = ops.math();
    batches.fill(step, window);
    symbols.upload(window);
    if (batches.startsEpoch(step)) {
      state.reset();
    }
    forward.random(config.seed(), randomOffset());
    forward.run();
    model.head().forward(headParams, y, logits);
    math.softmaxCrossEntropy(logits, targets, LossOptions.mean(), loss, logits);
    model.head().backward(headParams, y, logits, dy, dHead, GradientMode.OVERWRITE);
    if (backward == null) {
      backward = bindBackward();
    }
    backward.run();
    math.clipByGlobalNorm(clipped, (float) config.clip(), norm, nonFinite);
    optimizer.step(model.params(), gradient, config.rate(step), nonFinite);
    math.addScaled(measured, 1, measuredSum);
    unreported++;
    step++;
  }

  private Backward bindBackward() {
    Tensor params = model.layers(model.params());
    Tensor dParams = model.layers(gradient);
    return plan.bindBackward(BackwardArgs.of(params, x, dy, null, dParams), reserve);
  }

  private long randomOffset() {
    return step * config.window();
  }

  /**
   * Steps done.
   *
   * @return the count
   */
  public long step() {
    return step;
  }

  /**
   * The plan's decision, for checkpoints.
   *
   * @return what its tuning says
   */
  public String tuning() {
    return plan.tuning();
  }

  /**
   * What was chosen and why, for people.
   *
   * @return several lines
   */
  public String describe() {
    return plan.describe();
  }

  /**
   * Fetches the means since the last call of it.
   *
   * @return means over the steps since then
   */
  public Report report() {
    Report r = peek();
    ops.math().fill(measuredSum, 0);
    unreported = 0;
    return r;
  }

  /**
   * Like {@link #report}, but the means go on.
   *
   * @return means since the last report; zero if there was no step since
   */
  public Report peek() {
    float[] sums = measuredSum.toFloats();
    int count = Math.max(1, unreported);
    return new Report(step, sums[0] / count, sums[1] / count);
  }

  /**
   * Means over some steps.
   *
   * @param step steps done
   * @param loss nats per character
   * @param gradientNorm before clipping
   */
  public record Report(long step, double loss, double gradientNorm) {
    /**
     * Whether training is sound.
     *
     * @return false if anything was infinite or NaN
     */
    public boolean isFinite() {
      return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
  }

  /**
   * Fetches everything.
   *
   * @return copies
   */
  public TrainerState snapshot() {
    float[] sums = measuredSum.toFloats();
    return new TrainerState(
        step,
        batches.cursor(step),
        config.seed(),
        randomOffset(),
        model.params().toFloats(),
        optimizer.state().get(0).toFloats(),
        optimizer.state().get(1).toFloats(),
        state.downloadH(),
        state.downloadC(),
        sums[0],
        sums[1],
        unreported);
  }

  /**
   * Goes on from a snapshot.
   *
   * @param s of a trainer with the same configuration
   */
  public void restore(TrainerState s) {
    model.params().upload(s.params());
    optimizer.state().get(0).upload(s.firstMoment());
    optimizer.state().get(1).upload(s.secondMoment());
    optimizer.resume(s.step());
    state.upload(s.h(), s.c());
    measuredSum.upload(new float[] {s.lossSum(), s.normSum()});
    unreported = s.unreported();
    step = s.step();
  }

  /** Frees everything but the model. */
  @Override
  public void close() {
    if (backward != null) {
      backward.close();
    }
    forward.close();
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
