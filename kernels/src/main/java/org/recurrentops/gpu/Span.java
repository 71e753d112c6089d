package org.recurrentops.gpu;

/**
 * Some neighbouring steps of a sequence.
 *
 * @param first earliest step
 * @param count number of steps
 */
record Span(int first, int count) {
  /** The place among all steps of the one that a loop runs as its k-th. */
  int step(int k, boolean descending) {
    return first + (descending ? count - 1 - k : k);
  }

  int end() {
    return first + count;
  }
}
