package org.recurrentops.bench.layers;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpec;

/**
 * One layer and the size of its call, written as {@code lstm-t50n32c512h512}.
 *
 * @param cell vanilla (tanh), lstm or gru
 * @param steps T
 * @param batch N
 * @param inputSize C
 * @param hiddenSize H
 */
public record LayerShape(CellType cell, int steps, int batch, int inputSize, int hiddenSize) {
  /** The three shapes at which the backends are compared. */
  static final List<String> SMALL =
      List.of("lstm-t50n32c512h512", "lstm-t25n64c512h512", "lstm-t50n64c128h128");

  private static final Pattern TEXT =
      Pattern.compile("(vanilla|lstm|gru)-t(\\d{1,6})n(\\d{1,6})c(\\d{1,6})h(\\d{1,6})");

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is below 1
   */
  public LayerShape {
    if (steps < 1 || batch < 1 || inputSize < 1 || hiddenSize < 1) {
      throw new IllegalArgumentException("shape: expected T, N, C and H ≥ 1");
    }
  }

  /**
   * Reads a shape.
   *
   * @param text {@code <cell>-t<T>n<N>c<C>h<H>}
   * @return the shape
   * @throws IllegalArgumentException if the text is none
   */
  public static LayerShape parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw bad(text);
    }
    try {
      return new LayerShape(cell(m.group(1)), size(m, 2), size(m, 3), size(m, 4), size(m, 5));
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
            + " to 999999, such as lstm-t50n32c512h512, got '"
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
   * The layer: one direction, two biases, nothing optional.
   *
   * @return what a plan is made for
   */
  public RnnSpec spec() {
    return RnnSpec.of(cell, inputSize, hiddenSize).build();
  }

  /**
   * 2·T·N·G·H·(C+H): the matrix products of a forward pass, a multiply-add counted as two.
   *
   * @return operations with the input product in
   */
  public long forwardFlops() {
    return inputFlops() + recurrentFlops();
  }

  /**
   * 2·T·N·G·H·C: the product of all inputs with weight_ih.
   *
   * @return operations
   */
  public long inputFlops() {
    return 2L * steps * batch * cell.gates() * hiddenSize * inputSize;
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
    return String.format(Locale.ROOT, "%s-t%dn%dc%dh%d", name, steps, batch, inputSize, hiddenSize);
  }
}
