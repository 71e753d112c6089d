package org.recurrentops.cpu;

import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.CpuMath;

/**
 * One recurrence as lists of stages. A cell knows nothing of time, masks, layers, directions or
 * threads: the loops call its stages for every step and every row, and select away what rows past
 * their length computed.
 */
abstract class Cell {
  /** Units H. */
  final int hidden;

  /** Width of h: P with a projection, else H. */
  final int state;

  /** Rows of the weights, G·H. */
  final int gateRows;

  Cell(RnnSpec spec) {
    hidden = spec.hiddenSize();
    state = spec.stateSize();
    gateRows = spec.cell().gates() * hidden;
  }

  /** The cell that a spec names, with the activations of one direction. */
  static Cell of(RnnSpec spec, int direction) {
    switch (spec.cell()) {
      case VANILLA_TANH:
      case VANILLA_RELU:
        return new VanillaCell(spec, direction);
      case LSTM:
        if (spec.isLayerNormalised()) {
          return new LayerNormLstmCell(spec, direction);
        }
        return spec.isPlainCell() ? new LstmCell(spec) : new LstmOptionsCell(spec, direction);
      case GRU:
        return spec.isLayerNormalised()
            ? new LayerNormGruCell(spec, direction)
            : new GruCell(spec, direction);
      case GRU_RESET_BEFORE:
        return new GruResetBeforeCell(spec, direction);
      default:
        throw new IllegalArgumentException("cell: no stages for " + spec.cell());
    }
  }

  /** Whether backward reads the activated gates. */
  boolean savesGates() {
    return true;
  }

  /** Width of what a step keeps beside gates and states, 0 for nothing. */
  abstract int savedWidth();

  /** Width of the gradient slab beside that of the gates, 0 for none. */
  abstract int secondGradientWidth();

  /** Width of what backward needs within one step only, 0 for nothing. */
  abstract int scratchWidth();

  /**
   * Gate rows from which on the recurrent bias is not folded into the input bias. Its gradient is
   * then that of the first columns of the second gradient slab.
   */
  int unfoldedBiasRow() {
    return gateRows;
  }

  /** Whether all gates are sums of biases, W x and R h₋, so that one product can give them. */
  boolean joinsInput() {
    return false;
  }

  /** The same step where vectors hold batch rows, or null if there is none. */
  LaneCell inLanes(CpuMath math) {
    return null;
  }

  /**
   * The products that complete the gates of such a cell.
   *
   * @param groups groups of their columns
   */
  static Stage recurrent(CpuMath math, ForwardMemory m, int groups) {
    Product alone =
        Product.adding(math.gemm(), m.hBefore(), 0, m.weights()[0], m.gates(), 0).byUnits(groups);
    return m.input() == null
        ? alone
        : new JoinedProduct(math.gemm(), alone, m.input(), m.hBefore(), m.gates(), groups);
  }

  /** The recurrent weight slices, in the order in which the memory holds them packed. */
  abstract WeightUse[] weightUses();

  /** How W x and R h₋ are normalised, or null if they are not. */
  GateNorm norm() {
    return null;
  }

  /**
   * The stages of one step; gates hold the input projection before them, with the biases unless it
   * is normalised.
   */
  abstract Stage[] forward(CpuMath math, ForwardMemory m);

  /** The stages of one step backwards; dhAfter and dcAfter are complete before them. */
  abstract Stage[] backward(CpuMath math, BackwardMemory m);
}
