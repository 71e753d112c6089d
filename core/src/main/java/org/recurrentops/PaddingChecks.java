package org.recurrentops;

/** Validates lengths and masks; brings masks into time-major order. */
final class PaddingChecks {
  private final RnnSpec spec;
  private final SequenceLayout layout;
  private final int steps;
  private final int batch;

  PaddingChecks(RecurrentPlan plan, int steps, int batch) {
    this.spec = plan.spec();
    this.layout = plan.options().layout();
    this.steps = steps;
    this.batch = batch;
  }

  static void lengths(int[] lengths, int steps, int batch) {
    if (lengths == null) {
      return;
    }
    if (lengths.length != batch) {
      throw new IllegalArgumentException(
          "lengths: expected N=" + batch + " values, got " + lengths.length);
    }
    for (int n = 0; n < batch; n++) {
      if (lengths[n] < 0 || lengths[n] > steps) {
        throw new IllegalArgumentException(
            "lengths: expected 0 ≤ length ≤ T=" + steps + ", got " + lengths[n] + " for row " + n);
      }
    }
  }

  static void alone(ForwardArgs a) {
    if ((a.mask != null || a.deviceMask != null)
        && (a.lengths != null || a.deviceLengths != null)) {
      throw new IllegalArgumentException(
          "mask: expected lengths or a mask, got both; a mask says all that lengths say");
    }
  }

  /**
   * Checks a host mask.
   *
   * @param given T·N values in the plan's layout, or null
   * @return a time-major copy, or null
   */
  byte[] timeMajor(byte[] given) {
    if (given == null) {
      return null;
    }
    if (given.length != (long) steps * batch) {
      throw new IllegalArgumentException(
          "mask: expected T·N=" + steps + "·" + batch + " values, got " + given.length);
    }
    byte[] mask = new byte[given.length];
    for (int i = 0; i < mask.length; i++) {
      int t = i / batch;
      int n = i % batch;
      mask[i] = given[layout == SequenceLayout.BATCH_MAJOR ? n * steps + t : i];
    }
    if (spec.masking() == MaskingContract.FREEZE_FILL) {
      for (int n = 0; n < batch; n++) {
        refuseGap(mask, n);
      }
    }
    return mask;
  }

  private void refuseGap(byte[] mask, int n) {
    int gap = -1;
    boolean seen = false;
    for (int t = 0; t < steps; t++) {
      boolean valid = mask[t * batch + n] != 0;
      if (valid && gap >= 0) {
        throw new IllegalArgumentException(
            "mask: expected the valid steps of a row without a gap under FREEZE_FILL, got padding"
                + " at t="
                + gap
                + " and a valid step at t="
                + t
                + " of row "
                + n
                + "; build the spec with masking CARRY or ZERO_STATE, or close the gap");
      }
      gap = seen && !valid && gap < 0 ? t : gap;
      seen |= valid;
    }
  }
}
