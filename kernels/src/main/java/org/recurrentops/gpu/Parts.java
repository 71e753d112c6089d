package org.recurrentops.gpu;

/**
 * Where the chunks of one layer's time loop go: one list each, in order on one lane.
 *
 * @param lists by chunk
 * @param chunks how the loop is cut
 */
record Parts(WorkList[] lists, Chunks chunks) {
  /** The whole loop in one list. */
  static Parts whole(WorkList list, int steps) {
    return new Parts(new WorkList[] {list}, Chunks.whole(steps));
  }

  int count() {
    return lists.length;
  }

  WorkList list(int chunk) {
    return lists[chunk];
  }

  /** What precedes the loop goes here. */
  WorkList first() {
    return lists[0];
  }

  /** What follows the loop goes here. */
  WorkList last() {
    return lists[lists.length - 1];
  }
}
