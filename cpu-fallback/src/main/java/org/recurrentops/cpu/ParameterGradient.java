package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;

/** The parameter gradients of one layer and direction, over all timesteps at once. */
final class ParameterGradient {
  private final WeightUse[] uses;
  private final BackwardMemory memory;
  private final GradientProduct product;
  private final IndexGradient index;
  private final SequenceOperand input;
  private final SequenceOperand[] operands;
  private final ParameterRows target;
  private final VectorGradient vectors;
  private final NormGradient norm;
  private final int unfolded;

  /**
   * For one layer and direction.
   *
   * @param index for index input, else null
   * @param input the layer's input, or null for index input
   * @param operands one per weight use
   * @param target where the gradients go
   * @param vectors for a cell that has such weights, else null
   * @param norm for a normalised cell, else null
   */
  ParameterGradient(
      Cell cell,
      BackwardMemory memory,
      GradientProduct product,
      IndexGradient index,
      SequenceOperand input,
      SequenceOperand[] operands,
      ParameterRows target,
      VectorGradient vectors,
      NormGradient norm) {
    this.uses = cell.weightUses();
    this.memory = memory;
    this.product = product;
    this.index = index;
    this.input = input;
    this.operands = operands;
    this.target = target;
    this.vectors = vectors;
    this.norm = norm;
    this.unfolded = cell.unfoldedBiasRow();
  }

  /** Gradients of what acts on each gate by itself, from those of the gates' arguments. */
  void vectors(Worker w) {
    Slab g = memory.dGates();
    Rows inputBias = target.get(Kind.BIAS_IH);
    Rows recurrentBias = target.get(Kind.BIAS_HH);
    if (inputBias != null && recurrentBias != null) {
      product.biases(w, g, inputBias, recurrentBias, unfolded);
    } else if (inputBias != null) {
      product.bias(w, g, 0, g.width, inputBias, 0);
    } else if (recurrentBias != null) {
      product.bias(w, g, 0, unfolded, recurrentBias, 0);
    }
    if (vectors != null) {
      vectors.run(w);
    }
    if (norm != null) {
      norm.gains(w, target);
    }
    if (recurrentBias != null && unfolded < g.width) {
      product.bias(w, memory.dSecond(), 0, g.width - unfolded, recurrentBias, unfolded);
    }
  }

  /** Gradients of what multiplies a row, from those of the products. */
  void matrices(Worker w, DropConnect mask, int layer, int direction) {
    Slab g = memory.dGates();
    if (index != null) {
      index.run(w, g, target.get(Kind.WEIGHT_IH));
    } else if (target.get(Kind.WEIGHT_IH) != null) {
      product.weight(w, g, 0, g.width, input, target.get(Kind.WEIGHT_IH), 0);
    }
    for (int i = 0; i < uses.length; i++) {
      WeightUse u = uses[i];
      Slab gradient = u.gradientInSecond() ? memory.dSecond() : g;
      int column = u.gradientColumn();
      boolean masked = mask != null && u.kind() == Kind.WEIGHT_HH;
      GradientProduct p = masked ? product.overwriting() : product;
      Rows weight = masked ? mask.matrix() : target.get(u.kind());
      p.weight(w, gradient, column, u.rows(), operands[i], weight, u.fromRow());
    }
    if (mask != null) {
      w.barrier();
      mask.gradient(w, target.get(Kind.WEIGHT_HH), layer, direction, product.accumulates());
    }
  }
}
