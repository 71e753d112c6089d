package org.recurrentops.bench.layers;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;

/**
 * One layer and the size of its call, written as {@code lstm-t50n32c512h512}; {@code
 * lstm-t50n32h512} is one without input product, whose x, as wide as h, is added to every gate.
 *
 * @param cell vanilla (tanh), lstm or gru
 * @param steps T
 * @param batch N
 * @param inputSize C
 * @param hiddenSize H
 * @param skipsInput whether there is no input product; C equals H then
 */
public record LayerShape(
    CellType cell, int steps, int batch, int inputSize, int hiddenSize, boolean skipsInput) {
  /** The three shapes at which the backends are compared. */
  static final List<String> SMALL =
      List.of("lstm-t50n32c512h512", "lstm-t25n64c512h512", "lstm-t50n64c128h128");

  private static final Pattern TEXT =
      Pattern.compile("(vanilla|lstm|gru)-t(\\d{1,6})n(\\d{1,6})(?:c(\\d{1,6}))?h(\\d{1,6})");

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is below 1
   */
  public LayerShape {
    if (steps < 1 || batch < 1 || inputSize < 1 || hiddenSize < 1) {
      throw new IllegalArgumentException("shape: expected T, N, C and H ≥ 1");
    }
    if (skipsInput && inputSize != hiddenSize) {
      throw new IllegalArgumentException("shape: expected C = H without an input product");
    }
  }

  /**
   * A layer with its input product.
   *
   * @param cell vanilla (tanh), lstm or gru
   * @param steps T
   * @param batch N
   * @param inputSize C
   * @param hiddenSize H
   */
  public LayerShape(CellType cell, int steps, int batch, int inputSize, int hiddenSize) {
    this(cell, steps, batch, inputSize, hiddenSize, false);
  }

  /** The same layer and fewer or more steps. */
  LayerShape withSteps(int count) {
    return new LayerShape(cell, count, batch, inputSize, hiddenSize, skipsInput);
  }

  /** The same layer without its input product. */
  LayerShape withoutInputProduct() {
    return new LayerShape(cell, steps, batch, hiddenSize, hiddenSize, true);
  }

  /**
   * Reads a shape.
   *
   * @param text {@code <cell>-t<T>n<N>c<C>h<H>}, without {@code c<C>} for no input product
   * @return the shape
   * @throws IllegalArgumentException if the text is none
   */
  public static LayerShape parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw bad(text);
    }
    try {
      boolean skips = m.group(4) == null;
      int inputs = size(m, skips ? 5 : 4);
      return new LayerShape(cell(m.group(1)), size(m, 2), size(m, 3), inputs, size(m, 5), skips);
    } catch (IllegalArgumentException e) {
      throw bad(text);
    }
  }

  private static int size(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }

  private static IllegalArgumentException bad(String text) {
    return new IllegalArgumentException(
        "shape: expected <cell>-t<T>n<N>c<C>h<H> with cell vanilla, lstm or gru and sizes from 1"
            + " to 999999, such as lstm-t50n32c512h512 (without c<C> there is no input product),"
            + " got '"
            + text
            + "'");
  }

  private static CellType cell(String name) {
    return switch (name) {
      case "lstm" -> CellType.LSTM;
      case "gru" -> CellType.GRU;
      default -> CellType.VANILLA_TANH;
    };
  }

  /**
   * The layer: one direction, two biases, nothing optional but what becomes of x.
   *
   * @return what a plan is made for
   */
  public RnnSpec spec() {
    RnnSpecBuilder layer = RnnSpec.of(cell, inputSize, hiddenSize);
    return (skipsInput ? layer.skipInput() : layer).build();
  }

  /**
   * 2·T·N·G·H·(C+H): the matrix products of a forward pass, a multiply-add counted as two; only
   * 2·T·N·G·H·H without input product.
   *
   * @return operations
   */
  public long forwardFlops() {
    return inputFlops() + recurrentFlops();
  }

  /**
   * 2·T·N·G·H·C: the product of all inputs with weight_ih.
   *
   * @return operations, 0 without it
   */
  public long inputFlops() {
    return skipsInput ? 0 : 2L * steps * batch * cell.gates() * hiddenSize * inputSize;
  }

  /**
   * 2·T·N·G·H·H: a forward pass with the input product out.
   *
   * @return operations
   */
  public long recurrentFlops() {
    return 2L * steps * batch * cell.gates() * hiddenSize * hiddenSize;
  }

  @Override
  public String toString() {
    String name = cell == CellType.VANILLA_TANH ? "vanilla" : cell.label();
    String inputs = skipsInput ? "" : "c" + inputSize;
    return String.format(Locale.ROOT, "%s-t%dn%d%sh%d", name, steps, batch, inputs, hiddenSize);
  }
}
