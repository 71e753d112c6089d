package org.recurrentops.examples;

import org.recurrentops.CellType;

/** The names that {@code --cell} takes. */
public final class Cells {
  private Cells() {}

  /**
   * Looks one up.
   *
   * @param name vanilla, lstm or gru
   * @return the cell
   * @throws CommandException if there is none of that name
   */
  public static CellType named(String name) {
    switch (name) {
      case "vanilla":
        return CellType.VANILLA_TANH;
      case "lstm":
        return CellType.LSTM;
      case "gru":
        return CellType.GRU;
      default:
        throw CommandException.usage("--cell: expected vanilla, lstm or gru, got " + name);
    }
  }
}
