package org.recurrentops.gpu;

/**
 * How a time loop is cut into chunks of as many steps, but for the last one. Chunk 0 is run first,
 * whatever the direction of the loop.
 *
 * @param steps T
 * @param length steps of a chunk, at least 1
 */
record Chunks(int steps, int length) {
  /** The loop as it is. */
  static Chunks whole(int steps) {
    return new Chunks(steps, Math.max(1, steps));
  }

  int count() {
    return Math.max(1, (steps + length - 1) / length);
  }

  /** The steps of a chunk of a loop that runs towards larger t, or towards smaller ones. */
  Span span(int chunk, boolean descending) {
    int before = chunk * length;
    int size = Math.min(length, steps - before);
    return new Span(descending ? steps - before - size : before, size);
  }
}
