package org.recurrentops;

import java.util.List;

/**
 * An update rule with its state on the device, for one flat parameter buffer. Everything is
 * enqueued; nothing waits for the device.
 */
public abstract class Optimizer implements AutoCloseable {
  private final RecurrentOps ops;
  private final List<Tensor> state;
  private long steps;

  private Optimizer(RecurrentOps ops, List<Tensor> state) {
    this.ops = ops;
    this.state = state;
    for (Tensor t : state) {
      ops.math().fill(t, 0);
    }
  }

  /**
   * Stochastic gradient descent, with momentum where the options have it.
   *
   * @param ops the device
   * @param parameters number of parameters
   * @param options hyper-parameters
   * @return an optimizer with one velocity vector, or none without momentum
   */
  public static Optimizer sgd(RecurrentOps ops, long parameters, SgdOptions options) {
    boolean momentum = options.momentum() != 0;
    List<Tensor> state = momentum ? List.of(ops.allocate(parameters)) : List.of();
    return new Optimizer(ops, state) {
      @Override
      void update(Tensor params, Tensor gradient, long step, double rate, Tensor skip) {
        SgdOptions o =
            new SgdOptions(
                (float) (options.learningRate() * rate),
                options.momentum(),
                options.nesterov(),
                options.weightDecay());
        ops.math().sgd(params, gradient, momentum ? state.get(0) : null, o, skip);
      }
    };
  }

  /**
   * Adam.
   *
   * @param ops the device
   * @param parameters number of parameters
   * @param options hyper-parameters
   * @return an optimizer with two moment vectors, m and v
   */
  public static Optimizer adam(RecurrentOps ops, long parameters, AdamOptions options) {
    Tensor m = ops.allocate(parameters);
    Tensor v;
    try {
      v = ops.allocate(parameters);
    } catch (RuntimeException e) {
      m.close();
      throw e;
    }
    return new Optimizer(ops, List.of(m, v)) {
      @Override
      void update(Tensor params, Tensor gradient, long step, double rate, Tensor skip) {
        AdamOptions o =
            new AdamOptions(
                (float) (options.learningRate() * rate),
                options.beta1(),
                options.beta2(),
                options.epsilon(),
                options.weightDecay());
        ops.math().adam(params, gradient, m, v, step, o, skip);
      }
    };
  }

  abstract void update(Tensor params, Tensor gradient, long step, double rate, Tensor skip);

  /**
   * Takes one step.
   *
   * @param params [P], updated
   * @param gradient [P]
   */
  public void step(Tensor params, Tensor gradient) {
    step(params, gradient, 1, null);
  }

  /**
   * Takes one step with a scheduled learning rate, unless a flag on the device says no.
   *
   * @param params [P], updated
   * @param gradient [P]
   * @param rate factor of the learning rate
   * @param skip [1] I32: nothing changes if it holds anything but 0, though the step counts; or
   *     null
   */
  public void step(Tensor params, Tensor gradient, double rate, Tensor skip) {
    update(params, gradient, steps + 1, rate, skip);
    steps++;
  }

  /**
   * Steps taken so far.
   *
   * @return the count
   */
  public long steps() {
    return steps;
  }

  /**
   * State vectors, for checkpoints.
   *
   * @return velocity; or m, v; live tensors of the optimizer
   */
  public List<Tensor> state() {
    return state;
  }

  /**
   * Continues from a checkpoint whose vectors have been uploaded into {@link #state()}.
   *
   * @param count steps taken before
   */
  public void resume(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("optimizer: expected steps ≥ 0, got " + count);
    }
    steps = count;
  }

  /**
   * The device.
   *
   * @return the ops
   */
  public RecurrentOps ops() {
    return ops;
  }

  /** Frees the state vectors. */
  @Override
  public void close() {
    state.forEach(Tensor::close);
  }
}
