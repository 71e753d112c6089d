package org.recurrentops.examples.chars;

import org.recurrentops.DType;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.LossOptions;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Tensor;
import org.recurrentops.examples.CommandException;

/**
 * Measures a model on held-out text: read in a few streams with carried state, so that all but the
 * first characters of each stream are predicted with their full past.
 */
public final class Validation implements AutoCloseable {
  private final CharModel model;
  private final int[] text;
  private final int window;
  private final int batch;
  private final int windows;
  private final int[] host;
  private final RecurrentPlan plan;
  private final CarriedState state;
  private final Tensor symbols;
  private final Tensor y;
  private final Tensor logits;
  private final Tensor loss;
  private final Tensor lossSum;
  private final Forward forward;

  /**
   * Plans and allocates.
   *
   * @param model what is measured; stays the caller's
   * @param text held-out symbols
   * @param window characters per call
   * @param batch most streams
   * @throws CommandException if the text is shorter than one window
   */
  public Validation(CharModel model, int[] text, int window, int batch) {
    this.model = model;
    this.text = text;
    this.window = window;
    this.batch = streams(text.length, window, batch);
    this.windows = (text.length - 1) / this.batch / window;
    this.host = new int[(window + 1) * this.batch];
    int features = model.spec().outputSize();
    plan = model.ops().plan(model.spec(), PlanOptions.inference(window, this.batch));
    state = new CarriedState(model.ops(), model.spec(), this.batch);
    symbols = model.ops().allocate(DType.I32, window + 1, this.batch);
    y = model.ops().allocate(window, this.batch, features);
    logits = model.ops().allocate(window, this.batch, model.spec().inputSize());
    loss = model.ops().allocate(1);
    lossSum = model.ops().allocate(1);
    Tensor x = symbols.slice(0, 0, window);
    ForwardArgs args = ForwardArgs.of(model.layers(model.params()), x, y);
    forward = plan.bindForward(state.carry(args), null);
  }

  /**
   * How many streams a text is read in.
   *
   * @param length of the held-out text
   * @param window characters per call
   * @param most streams
   * @return at least 1, each at least a window long
   * @throws CommandException if the text is shorter than one window
   */
  public static int streams(int length, int window, int most) {
    if (length <= window) {
      throw CommandException.usage(
          "text: the held-out part has "
              + length
              + " characters, fewer than one --window of "
              + window
              + " and the next character; give more text or lower --window");
    }
    return Math.min(most, (length - 1) / window);
  }

  /**
   * How many characters are predicted: the text's second one and those that follow it.
   *
   * @return the count
   */
  public int predicted() {
    return batch * windows * window;
  }

  /**
   * Measures.
   *
   * @return nats per character
   */
  public double crossEntropy() {
    state.reset();
    model.ops().math().fill(lossSum, 0);
    Tensor targets = symbols.slice(0, 1, window + 1);
    for (int w = 0; w < windows; w++) {
      fill(w);
      symbols.upload(host);
      forward.run();
      model.head().forward(model.headOf(model.params()), y, logits);
      model.ops().math().softmaxCrossEntropy(logits, targets, LossOptions.mean(), loss, null);
      model.ops().math().addScaled(loss, 1f / windows, lossSum);
    }
    return lossSum.toFloats()[0];
  }

  private void fill(int w) {
    for (int n = 0; n < batch; n++) {
      int at = (n * windows + w) * window;
      for (int t = 0; t <= window; t++) {
        host[t * batch + n] = text[at + t];
      }
    }
  }

  @Override
  public void close() {
    forward.close();
    plan.close();
    state.close();
    symbols.close();
    y.close();
    logits.close();
    loss.close();
    lossSum.close();
  }
}
