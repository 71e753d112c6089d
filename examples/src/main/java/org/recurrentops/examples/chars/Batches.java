package org.recurrentops.examples.chars;

import org.recurrentops.Philox;
import org.recurrentops.examples.CommandException;

/**
 * Cuts a text, seen as a ring, into N streams read side by side, window after window, so that each
 * stream's state can be carried on. An epoch reads every stream once; each starts from another
 * place of the ring. The place is a pure function of seed and step.
 */
public final class Batches {
  private final int[] text;
  private final int window;
  private final int batch;
  private final long seed;
  private final int stride;

  /**
   * Prepares to read.
   *
   * @param text symbols
   * @param window T
   * @param batch N
   * @param seed decides where epochs start
   * @throws CommandException if the text is shorter than one window per stream
   */
  public Batches(int[] text, int window, int batch, long seed) {
    if (text.length <= (long) window * batch) {
      throw CommandException.usage(
          "text: the training part has "
              + text.length
              + " characters, but --window "
              + window
              + " × --batch "
              + batch
              + " needs more than "
              + (long) window * batch
              + "; give more text, or lower --batch or --window");
    }
    this.text = text;
    this.window = window;
    this.batch = batch;
    this.seed = seed;
    this.stride = text.length / batch;
  }

  /**
   * Steps of one epoch.
   *
   * @return windows per stream, at least 1
   */
  public long stepsPerEpoch() {
    return stride / window;
  }

  /**
   * Whether a step starts an epoch, with fresh states.
   *
   * @param step 0-based
   * @return true if so
   */
  public boolean startsEpoch(long step) {
    return step % stepsPerEpoch() == 0;
  }

  /**
   * Where a step reads.
   *
   * @param step 0-based
   * @return index of stream 0's first character
   */
  public long cursor(long step) {
    long epoch = step / stepsPerEpoch();
    int word = Philox.word(seed, (int) epoch, (int) (epoch >>> 32), 0, 0xBA7C, 0);
    long start = epoch == 0 ? 0 : (word & 0xFFFFFFFFL) * text.length >>> 32;
    return (start + step % stepsPerEpoch() * window) % text.length;
  }

  /**
   * Copies a step's characters: inputs are rows 0 … T−1, targets rows 1 … T.
   *
   * @param step 0-based
   * @param symbols [T+1,N] output
   */
  public void fill(long step, int[] symbols) {
    long cursor = cursor(step);
    for (int n = 0; n < batch; n++) {
      int at = (int) ((cursor + (long) n * stride) % text.length);
      for (int t = 0; t <= window; t++) {
        symbols[t * batch + n] = text[at];
        at = at + 1 == text.length ? 0 : at + 1;
      }
    }
  }
}
