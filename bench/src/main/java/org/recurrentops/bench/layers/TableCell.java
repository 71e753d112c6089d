package org.recurrentops.bench.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.PackedWeights;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.Tensor;

/**
 * One layer on one device with one algorithm. It is checked against float64 on the first few steps
 * of the shape, because the reference takes minutes for hundreds; then the whole shape is timed.
 */
final class TableCell {
  /** Steps that are checked: enough for the recurrent product and its gradient. */
  static final int CHECKED_STEPS = 3;

  private static final long SEED = 42;
  private static final double SAMPLE_MILLIS = 4;
  private static final Pattern CLUSTER = Pattern.compile(" cluster=(\\d+)$");

  private final RecurrentOps ops;
  private final TableEntry.Key key;

  TableCell(RecurrentOps ops, TableEntry.Key key) {
    this.ops = ops;
    this.key = key;
  }

  /** Weights of a shape; uniform in ±1/√H, the same for every number of steps. */
  static float[] weights(LayerShape shape) {
    long count = org.recurrentops.ParameterLayout.of(shape.spec()).elements();
    return LayerSetup.uniform(count, 1 / Math.sqrt(shape.hiddenSize()), SEED);
  }

  /** Input of a shape, uniform in ±1. */
  static float[] input(LayerShape shape) {
    long count = (long) shape.steps() * shape.batch() * shape.inputSize();
    return LayerSetup.uniform(count, 1, SEED + 1);
  }

  /** The shape with as many steps as are checked. */
  static LayerShape head(LayerShape s) {
    return s.withSteps(Math.min(CHECKED_STEPS, s.steps()));
  }

  /** Unit roundoff of what the products read. */
  static double unitRoundoff(MathMode mode) {
    return switch (mode) {
      case FP32 -> 0x1p-24;
      case TF32, FP16 -> 0x1p-11;
      case BF16 -> 0x1p-8;
    };
  }

  /**
   * Checks the first steps.
   *
   * @return y of them, [T,N,H]
   * @throws IllegalStateException if a result is wrong
   */
  float[] check(float[] weights) {
    LayerShape shape = head(key.shape());
    float[] input = input(shape);
    LayerCheck check = new LayerCheck(shape, weights, input, unitRoundoff(key.mode()));
    try (Call call = new Call(shape, weights, input)) {
      float[] dy =
          check.onlyCheckedRows(LayerSetup.uniform(call.y.shape().elements(), 1, SEED + 2));
      call.run(dy);
      float[] y = call.y.toFloats();
      check.forward(y);
      if (key.pass() == Pass.TRAINING) {
        check.backward(dy, call.dx.toFloats(), call.dParams.toFloats());
      }
      return y;
    }
  }

  /**
   * Times the whole shape.
   *
   * @param budgetMillis of timed calls
   * @return the entry
   */
  TableEntry time(float[] weights, double budgetMillis) {
    try (Call call = new Call(key.shape(), weights, input(key.shape()))) {
      call.run(LayerSetup.uniform(call.y.shape().elements(), 1, SEED + 2));
      double once = Math.min(call.millis(1), call.millis(1));
      int calls = (int) Math.max(1, Math.ceil(SAMPLE_MILLIS / Math.max(once, 1e-3)));
      call.millis(calls);
      List<Double> samples = new ArrayList<>();
      double spent = 0;
      while (samples.size() < 3 || spent < budgetMillis && samples.size() < 200) {
        double millis = call.millis(calls);
        spent += millis;
        samples.add(millis / calls);
      }
      double[] millis = samples.stream().mapToDouble(Double::doubleValue).toArray();
      return key.timed(form(call.plan), call.plan.describe(), millis);
    }
  }

  /** The plan's own words, without running anything. */
  TableEntry untimed() {
    try (RecurrentPlan plan = ops.plan(key.shape().spec(), options(key.shape()))) {
      return key.checked(form(plan), plan.describe());
    }
  }

  /** The algorithm, and behind a colon how large its clusters are, as its tuning tells. */
  private static String form(RecurrentPlan plan) {
    Matcher cluster = CLUSTER.matcher(plan.tuning());
    return plan.algorithm() + (cluster.find() ? ":" + cluster.group(1) : "");
  }

  /** What a plan of the shape, or of its head, is asked for. */
  PlanOptions options(LayerShape shape) {
    PlanOptions options =
        key.pass() == Pass.TRAINING
            ? PlanOptions.training(shape.steps(), shape.batch())
            : PlanOptions.inference(shape.steps(), shape.batch());
    return options.mathMode(key.mode()).algorithm(key.name());
  }

  /** Bound calls and their tensors. */
  private final class Call implements AutoCloseable {
    final List<AutoCloseable> owned = new ArrayList<>();
    final RecurrentPlan plan;
    final Tensor params;
    final Tensor x;
    final Tensor y;
    Tensor dx;
    Tensor dParams;
    private Tensor dy;
    private Reserve reserve;
    private Forward forward;
    private Backward backward;

    Call(LayerShape shape, float[] weights, float[] input) {
      plan = own(ops.plan(shape.spec(), options(shape)));
      try {
        params = own(ops.allocate(weights.length));
        params.upload(plan.queue(), weights);
        x = own(ops.allocate(shape.steps(), shape.batch(), shape.inputSize()));
        x.upload(plan.queue(), input);
        y = own(ops.allocate(shape.steps(), shape.batch(), shape.hiddenSize()));
        y.upload(plan.queue(), LayerSetup.nan(y));
        if (key.pass() == Pass.TRAINING) {
          reserve = own(plan.newReserve());
          dy = own(ops.allocate(y.shape()));
          dx = own(ops.allocate(x.shape()));
          dParams = own(ops.allocate(params.shape()));
          forward = plan.bindForward(ForwardArgs.of(params, x, y), reserve);
        } else {
          PackedWeights packed = own(plan.pack(params));
          forward = plan.bindForward(ForwardArgs.of(packed, x, y), null);
        }
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
    }

    private <T extends AutoCloseable> T own(T resource) {
      owned.add(resource);
      return resource;
    }

    void run(float[] gradient) {
      forward.run();
      if (dy != null) {
        dy.upload(plan.queue(), gradient);
        backward = plan.bindBackward(BackwardArgs.of(params, x, dy, dx, dParams), reserve);
        backward.run();
      }
      plan.queue().synchronize();
    }

    /** Enqueues some calls and waits for the last of them. */
    double millis(int calls) {
      long start = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        forward.run();
        if (backward != null) {
          backward.run();
        }
      }
      plan.queue().synchronize();
      return (System.nanoTime() - start) * 1e-6;
    }

    @Override
    public void close() {
      for (int i = owned.size() - 1; i >= 0; i--) {
        try {
          owned.get(i).close();
        } catch (RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
