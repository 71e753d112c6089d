package org.recurrentops.cuda;

import java.util.Arrays;
import org.recurrentops.DeviceException;
import org.recurrentops.spi.HardwareProbes.Finding;
import org.recurrentops.spi.HardwareProbes.Outcome;

/**
 * One experiment.
 *
 * @param name such as {@code latency/flag}
 * @param needs what the device must have
 * @param experiment what to do
 */
record Probe(String name, Needs needs, Experiment experiment) {
  /** Experiments stop waiting for other blocks after that, in nanoseconds. */
  static final long LIMIT = 200_000_000L;

  private static final int COOPERATIVE_LAUNCH = 95; // CU_DEVICE_ATTRIBUTE_...
  private static final int CLUSTER_LAUNCH = 120;

  /** A result: a figure with its unit, or none; and a note. */
  record Figure(double value, String unit, String note) {
    /** The experiment was a check. */
    static Figure none() {
      return new Figure(0, "", "");
    }
  }

  /** The device turned out not to have what an experiment needs. */
  static final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unavailable(String reason) {
      super(reason, null, false, false);
    }
  }

  /** Runs kernels, compares their results, and times them if the device is timed. */
  @FunctionalInterface
  interface Experiment {
    /**
     * Makes it.
     *
     * @throws IllegalStateException if a result is not as expected
     * @throws Unavailable if the device cannot do it
     */
    Figure on(ProbeDevice device);
  }

  /** What a device must have. */
  enum Needs {
    /** Any device. */
    NOTHING(75),
    /** Inline PTX of sm_75. */
    CARD(75),
    /** Blocks that all live at once. */
    TOGETHER(75),
    /** The same and the instructions of sm_80, or their twins. */
    TOGETHER_80(80),
    /** The same, and more threads at once than the software device holds. */
    CARD_TOGETHER(80),
    /** The instructions of sm_80, or their twins. */
    SM_80(80),
    /** Inline PTX of sm_80. */
    CARD_80(80),
    /** The instructions of sm_90, or their twins. */
    SM_90(90),
    /** Inline PTX of sm_90. */
    CARD_90(90),
    /** Clusters of more than one block. */
    CLUSTERS(90);

    private final int oldest;

    Needs(int oldest) {
      this.oldest = oldest;
    }

    /** What of it a device lacks; empty if nothing. */
    String lacking(ProbeDevice d) {
      if (d.capability() < oldest) {
        return "needs compute capability "
            + oldest / 10.0
            + ", this device has "
            + d.capability() / 10.0;
      }
      if ((this == CARD || this == CARD_80 || this == CARD_90) && d.isSoftware()) {
        return "inline PTX: the software device runs the plain twin only";
      }
      if (this == CARD_TOGETHER && d.isSoftware()) {
        return "too many threads at once for the software device";
      }
      boolean together = this == TOGETHER || this == TOGETHER_80 || this == CARD_TOGETHER;
      if (together && d.attribute(COOPERATIVE_LAUNCH) == 0) {
        return "the device has no cooperative launch";
      }
      if (this == CLUSTERS && d.attribute(CLUSTER_LAUNCH) == 0) {
        return "the device has no thread-block clusters";
      }
      return "";
    }
  }

  /**
   * Makes the experiment, if the device can.
   *
   * @throws DeviceException if the device takes no more work
   */
  Finding run(ProbeDevice device) {
    String lacking = needs.lacking(device);
    if (!lacking.isEmpty()) {
      return new Finding(name, Outcome.UNAVAILABLE, 0, "", lacking);
    }
    try {
      Figure f = experiment.on(device);
      if (f.unit().isEmpty()) {
        return new Finding(name, Outcome.RIGHT, 0, "", f.note());
      }
      boolean timed = device.isTimed();
      Outcome outcome = timed ? Outcome.MEASURED : Outcome.UNTIMED;
      return new Finding(name, outcome, timed ? f.value() : 0, f.unit(), f.note());
    } catch (Unavailable e) {
      return new Finding(name, Outcome.UNAVAILABLE, 0, "", e.getMessage());
    } catch (IllegalStateException e) {
      return new Finding(name, Outcome.WRONG, 0, "", e.getMessage());
    } catch (DeviceException e) {
      if (e.sticky()) {
        throw e;
      }
      return new Finding(name, Outcome.WRONG, 0, "", e.getMessage());
    } finally {
      device.release();
    }
  }

  /** Compares a result word by word. */
  static void expect(String what, int[] expected, int[] got) {
    int at = Arrays.mismatch(expected, got);
    if (at >= 0) {
      throw new IllegalStateException(
          String.format("%s: expected word %d = %08x, got %08x", what, at, expected[at], got[at]));
    }
  }

  /** Compares one number. */
  static void expect(String what, long expected, long got) {
    if (expected != got) {
      throw new IllegalStateException(what + ": expected " + expected + ", got " + got);
    }
  }
}
