package org.recurrentops.tck.cases;

/**
 * What a {@link Float64Run} has beside dense input of full length.
 *
 * @param lengths [N], or null
 * @param mask [T,N], 0 is padding, or null
 * @param onDevice whether the mask lies in device memory
 * @param indexed whether x holds indices
 * @param sequences whether every c, its gradient, and the gradient of every h are given or asked
 *     for
 */
record Float64Situation(
    int[] lengths, byte[] mask, boolean onDevice, boolean indexed, boolean sequences) {
  static Float64Situation ragged(int... lengths) {
    return new Float64Situation(lengths, null, false, false, false);
  }

  static Float64Situation masked(byte[] mask, boolean onDevice) {
    return new Float64Situation(null, mask, onDevice, false, false);
  }

  Float64Situation withIndices() {
    return new Float64Situation(lengths, mask, onDevice, true, sequences);
  }

  Float64Situation withSequences() {
    return new Float64Situation(lengths, mask, onDevice, indexed, true);
  }

  /** Whether a step of [T,N] is one of the row's own. */
  boolean isValid(int site, int batch) {
    return mask == null ? lengths == null || site / batch < lengths[site % batch] : mask[site] != 0;
  }
}
