package org.recurrentops.spi;

import java.util.List;
import java.util.function.Consumer;
import org.recurrentops.Experimental;

/**
 * Small experiments that a backend makes on a device: whether instructions do what its kernels take
 * them for, and how fast the parts are of which a model predicts its kernels. Found by {@link
 * java.util.ServiceLoader}; selection and plans never use them.
 */
@Experimental
public interface HardwareProbes {
  /** What came of an experiment. */
  enum Outcome {
    /** A check that has no figure: the device did what was expected. */
    RIGHT,
    /** The result was as expected, and {@link Finding#value} is what was measured. */
    MEASURED,
    /** The result was as expected; not timed, because that was not asked for. */
    UNTIMED,
    /** It was not made: {@link Finding#note} says why. */
    UNAVAILABLE,
    /** The result was not as expected, or the device failed: {@link Finding#note} says how. */
    WRONG
  }

  /**
   * A result.
   *
   * @param probe name, such as {@code latency/flag}
   * @param outcome what came of it
   * @param value the figure where it is {@link Outcome#MEASURED}, else 0
   * @param unit of the value, such as {@code µs per hop}
   * @param note the reason, or what the figure means; may be empty
   */
  record Finding(String probe, Outcome outcome, double value, String unit, String note) {}

  /**
   * Whose devices these are for.
   *
   * @return {@link Backend#name()}
   */
  String backend();

  /**
   * Names of all experiments, in order.
   *
   * @return the names
   */
  List<String> names();

  /**
   * Makes all experiments on a device; one that fails does not stop the others, unless the device
   * takes no more work.
   *
   * @param deviceId such as {@code cuda:0}
   * @param timed whether to time them; an emulation is never timed
   * @param found told of each result at once
   * @throws org.recurrentops.BackendUnavailableException if there is no such device
   * @throws IllegalArgumentException if {@code timed} and the device is an emulation
   */
  void run(String deviceId, boolean timed, Consumer<Finding> found);
}
