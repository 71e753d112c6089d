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

  /**
   * For one layer and direction.
   *
   * @param index for index input, else null
   * @param input the layer's input, or null for index input
   * @param operands one per weight use
   * @param target where the gradients go
   * @param vectors for a cell that has such weights, else null
   */
  ParameterGradient(
      Cell cell,
      BackwardMemory memory,
      GradientProduct product,
      IndexGradient index,
      SequenceOperand input,
      SequenceOperand[] operands,
      ParameterRows target,
      VectorGradient vectors) {
    this.uses = cell.weightUses();
    this.memory = memory;
    this.product = product;
    this.index = index;
    this.input = input;
    this.operands = operands;
    this.target = target;
    this.vectors = vectors;
  }

  void run(Worker w) {
    Slab g = memory.dGates();
    if (index != null) {
      index.run(w, g, target.get(Kind.WEIGHT_IH));
    } else if (target.get(Kind.WEIGHT_IH) != null) {
      product.weight(w, g, 0, g.width, input, target.get(Kind.WEIGHT_IH), 0);
    }
    Rows inputBias = target.get(Kind.BIAS_IH);
    if (inputBias != null) {
      product.bias(w, g, 0, g.width, inputBias, 0);
    }
    if (vectors != null) {
      vectors.run(w);
    }
    Rows recurrentBias = target.get(Kind.BIAS_HH);
    if (recurrentBias != null && uses.length == 0) { // independent units
      product.bias(w, g, 0, g.width, recurrentBias, 0);
    }
    for (int i = 0; i < uses.length; i++) {
      WeightUse u = uses[i];
      Slab gradient = u.gradientInSecond() ? memory.dSecond() : g;
      int column = u.gradientColumn();
      product.weight(w, gradient, column, u.rows(), operands[i], target.get(u.kind()), u.fromRow());
      if (recurrentBias != null && u.kind() == Kind.WEIGHT_HH) {
        product.bias(w, gradient, column, u.rows(), recurrentBias, u.fromRow());
      }
    }
  }
}
