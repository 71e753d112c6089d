package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;

/** The parameter gradients of one layer and direction, over all timesteps at once. */
final class ParameterGradient {
  private final BackwardMemory memory;
  private final BiasGradient biases;
  private final IndexGradient index;
  private final WeightGradients weights;
  private final boolean accumulate;
  private final ParameterRows target;
  private final VectorGradient vectors;
  private final NormGradient norm;
  private final int unfolded;
  private final int rows;
  private final WeightGradients.Chunk chunkBiases = this::biases;

  /**
   * For one layer and direction.
   *
   * @param index for index input, else null
   * @param weights what multiplies a row, but for index input
   * @param accumulate whether gradients are added to what is there
   * @param target where the gradients go
   * @param vectors for a cell that has such weights, else null
   * @param norm for a normalised cell, else null
   * @param rows T·N
   */
  ParameterGradient(
      Cell cell,
      BackwardMemory memory,
      BiasGradient biases,
      IndexGradient index,
      WeightGradients weights,
      boolean accumulate,
      ParameterRows target,
      VectorGradient vectors,
      NormGradient norm,
      int rows) {
    this.memory = memory;
    this.biases = biases;
    this.index = index;
    this.weights = weights;
    this.accumulate = accumulate;
    this.target = target;
    this.vectors = vectors;
    this.norm = norm;
    this.rows = rows;
    this.unfolded = cell.unfoldedBiasRow();
  }

  /** Gradients of what acts on each gate by itself, from those of the gates' arguments. */
  void vectors(Worker w) {
    if (norm != null) { // it makes other gradients of these before matrices are multiplied
      biases(w, 0, rows);
    }
    if (vectors != null) {
      vectors.run(w);
    }
    if (norm != null) {
      norm.gains(w, target);
    }
  }

  /** Gradients of biases from some rows: those of each chunk while products have them near. */
  private void biases(Worker w, int from, int to) {
    Slab g = memory.dGates();
    Rows inputBias = target.get(Kind.BIAS_IH);
    Rows recurrentBias = target.get(Kind.BIAS_HH);
    if (inputBias != null && recurrentBias != null) {
      biases.both(w, g, inputBias, recurrentBias, unfolded, from, to);
    } else if (inputBias != null) {
      biases.one(w, g, 0, g.width, inputBias, 0, from, to);
    } else if (recurrentBias != null) {
      biases.one(w, g, 0, unfolded, recurrentBias, 0, from, to);
    }
    if (recurrentBias != null && unfolded < g.width) {
      int count = g.width - unfolded;
      biases.one(w, memory.dSecond(), 0, count, recurrentBias, unfolded, from, to);
    }
  }

  /** Gradients of what multiplies a row, from those of the products, and with them of biases. */
  void matrices(Worker w, DropConnect mask, int layer, int direction) {
    if (index != null) {
      index.run(w, memory.dGates(), target.get(Kind.WEIGHT_IH));
    }
    weights.run(w, norm == null ? chunkBiases : null);
    if (mask != null) {
      w.barrier();
      mask.gradient(w, target.get(Kind.WEIGHT_HH), layer, direction, accumulate);
    }
  }
}
