package org.recurrentops.cpu;

import org.recurrentops.Tensor;
import org.recurrentops.spi.RunState;

/** Valid steps of each row in one run: those below its length, or those that a mask names. */
final class RowLengths {
  private static final int WORD = 16;

  private final int steps;
  private final int batch;
  private final int[] first;
  private final int[] last;
  private byte[] mask;
  private byte[] own = new byte[0];
  private final int[] starts;
  private int[] sites = new int[0];
  private boolean ragged;

  RowLengths(int steps, int batch) {
    this.steps = steps;
    this.batch = batch;
    this.first = new int[batch];
    this.last = new int[batch];
    this.starts = new int[steps + 1];
  }

  /** Takes the host's lengths or mask, or all rows full; the mask is not copied. */
  void of(RunState state) {
    if (state.mask() != null) {
      take(state.mask());
      return;
    }
    int[] given = state.lengths();
    begin();
    for (int n = 0; n < batch; n++) {
      length(n, given == null ? steps : given[n]);
    }
    list();
  }

  /** Takes lengths in device memory, clamped to 0 … T. */
  void ofLengths(Tensor tensor) {
    IntMemory memory = IntMemory.of(tensor);
    long stride = tensor.stride(0);
    begin();
    for (int n = 0; n < batch; n++) {
      length(n, Math.max(0, Math.min(steps, memory.get(tensor.offset() + n * stride))));
    }
    list();
  }

  /** Takes a mask [T,N] in device memory. */
  void ofMask(Tensor tensor) {
    ByteMemory memory = ByteMemory.of(tensor);
    byte[] copy = own();
    for (int t = 0; t < steps; t++) {
      for (int n = 0; n < batch; n++) {
        long at = tensor.offset() + t * tensor.stride(0) + n * tensor.stride(1);
        copy[t * batch + n] = memory.get(at);
      }
    }
    take(copy);
  }

  private byte[] own() {
    if (own.length != steps * batch) {
      own = new byte[steps * batch];
    }
    return own;
  }

  private void begin() {
    mask = null;
    ragged = false;
  }

  private void length(int row, int length) {
    first[row] = 0;
    last[row] = length - 1;
    ragged |= length < steps;
  }

  private void take(byte[] valid) {
    mask = valid;
    ragged = false;
    for (int n = 0; n < batch; n++) {
      first[n] = steps;
      last[n] = -1;
      for (int t = 0; t < steps; t++) {
        if (valid[t * batch + n] != 0) {
          first[n] = Math.min(first[n], t);
          last[n] = t;
        } else {
          ragged = true;
        }
      }
    }
    list();
  }

  /** Keeps what is valid for backward, as numbers of 16 bits: lengths in two, 16 steps in one. */
  void keep(float[] data, int at) {
    if (mask == null) {
      for (int n = 0; n < batch; n++) {
        data[at + 2 * n] = last[n] + 1 & 0xffff;
        data[at + 2 * n + 1] = last[n] + 1 >>> 16;
      }
      return;
    }
    for (int i = 0; i < mask.length; i += WORD) {
      int word = 0;
      for (int b = 0; b < WORD && i + b < mask.length; b++) {
        word |= mask[i + b] != 0 ? 1 << b : 0;
      }
      data[at + i / WORD] = word;
    }
  }

  /** Takes the lengths that {@link #keep} kept. */
  void recallLengths(float[] data, int at) {
    begin();
    for (int n = 0; n < batch; n++) {
      length(n, (int) data[at + 2 * n] | (int) data[at + 2 * n + 1] << 16);
    }
    list();
  }

  /** Takes the mask that {@link #keep} kept. */
  void recallMask(float[] data, int at) {
    byte[] copy = own();
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (byte) ((int) data[at + i / WORD] >> i % WORD & 1);
    }
    take(copy);
  }

  /** Elements that {@link #keep} needs. */
  static long kept(long steps, long batch) {
    return Math.max(2 * batch, (steps * batch + WORD - 1) / WORD);
  }

  /** Lists what is valid, so that nothing needs to be computed for padding. */
  private void list() {
    if (!ragged) {
      return;
    }
    if (sites.length != steps * batch) {
      sites = new int[steps * batch];
    }
    int count = 0;
    for (int t = 0; t < steps; t++) {
      starts[t] = count;
      for (int n = 0; n < batch; n++) {
        if (isValid(t, n)) {
          sites[count++] = t * batch + n;
        }
      }
    }
    starts[steps] = count;
  }

  /** Valid rows r = t·N + n in ascending order; only if {@link #ragged}. */
  int[] sites() {
    return sites;
  }

  /** Index in {@link #sites} of the first one of step t; of their end for t = T. */
  int start(int t) {
    return starts[t];
  }

  /** How many there are. */
  int end() {
    return starts[steps];
  }

  /** Whether a row has padding. */
  boolean ragged() {
    return ragged;
  }

  /** Whether step t of a row is valid. */
  boolean isValid(int t, int row) {
    return mask == null ? t <= last[row] : mask[t * batch + row] != 0;
  }

  /** Whether a direction has processed a valid step of the row before it comes to t. */
  boolean hasSeenValid(boolean reverse, int t, int row) {
    return reverse ? t < last[row] : t > first[row] && last[row] >= 0;
  }
}
