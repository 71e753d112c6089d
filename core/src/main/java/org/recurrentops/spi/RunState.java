package org.recurrentops.spi;

import java.util.Arrays;

/** What may change from run to run of a bound call without binding again. */
public final class RunState {
  private int[] lengths;
  private boolean hasLengths;
  private byte[] mask = new byte[0];
  private boolean hasMask;
  private long seed;
  private long stepOffset;

  /**
   * For a number of rows.
   *
   * @param batch N
   */
  public RunState(int batch) {
    lengths = new int[batch];
  }

  /**
   * Copies everything from another state; reallocates only if T or N grew or shrank.
   *
   * @param other source
   */
  public void copyFrom(RunState other) {
    if (lengths.length != other.lengths.length) {
      lengths = new int[other.lengths.length];
    }
    System.arraycopy(other.lengths, 0, lengths, 0, lengths.length);
    hasLengths = other.hasLengths;
    mask(other.mask());
    seed = other.seed;
    stepOffset = other.stepOffset;
  }

  /**
   * Sets the lengths; there is no mask then.
   *
   * @param perRow N values, copied, or null for all rows full
   */
  public void lengths(int[] perRow) {
    hasMask = false;
    hasLengths = perRow != null;
    if (perRow != null) {
      System.arraycopy(perRow, 0, lengths, 0, lengths.length);
    }
  }

  /**
   * Sets the mask; there are no lengths then, unless it is null.
   *
   * @param valid [T,N], 0 is padding, copied; or null for none
   */
  public void mask(byte[] valid) {
    hasMask = valid != null;
    if (valid == null) {
      return;
    }
    hasLengths = false;
    if (mask.length != valid.length) {
      mask = new byte[valid.length];
    }
    System.arraycopy(valid, 0, mask, 0, mask.length);
  }

  /**
   * Which steps of which rows are valid, where lengths do not say so.
   *
   * @return [T,N] owned by this state, 0 is padding; or null if there is no mask
   */
  public byte[] mask() {
    return hasMask ? mask : null;
  }

  /**
   * Whether a step of a row may be padding.
   *
   * @return true with lengths or a mask
   */
  public boolean mayPad() {
    return hasLengths || hasMask;
  }

  /**
   * Sets the random counters.
   *
   * @param key Philox key
   * @param firstStep added to t in the counter
   */
  public void random(long key, long firstStep) {
    seed = key;
    stepOffset = firstStep;
  }

  /**
   * Valid steps of each row.
   *
   * @return N values, owned by this state, or null if all rows are full
   */
  public int[] lengths() {
    return hasLengths ? lengths : null;
  }

  /**
   * Whether lengths were given.
   *
   * @return true if so
   */
  public boolean hasLengths() {
    return hasLengths;
  }

  /**
   * Philox key.
   *
   * @return the seed
   */
  public long seed() {
    return seed;
  }

  /**
   * Step number of t = 0 in the random counter.
   *
   * @return the offset
   */
  public long stepOffset() {
    return stepOffset;
  }

  @Override
  public String toString() {
    return "lengths="
        + (hasLengths ? Arrays.toString(lengths) : hasMask ? "masked" : "full")
        + " seed="
        + seed
        + " stepOffset="
        + stepOffset;
  }
}
