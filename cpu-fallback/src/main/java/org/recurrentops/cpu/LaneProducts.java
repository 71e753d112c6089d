package org.recurrentops.cpu;

/** The products of a step where vectors hold batch rows. */
final class LaneProducts implements Stage {
  private final LaneMemory m;
  private final LaneWeights weights;
  private final LaneProduct[] products;
  private final Slab state;

  /**
   * With what is multiplied by which weights.
   *
   * @param state where a step that starts from zero would find h₋
   */
  LaneProducts(LaneMemory m, LaneWeights weights, LaneProduct[] products, Slab state) {
    this.m = m;
    this.weights = weights;
    this.products = products;
    this.state = state;
  }

  @Override
  public boolean writesOwnUnits() {
    return true;
  }

  @Override
  public Phase phase() {
    return Phase.JOINED_PRODUCTS;
  }

  @Override
  public void run(Worker w, int t) {
    for (LaneProduct p : products) {
      multiply(w, t, p, p.part());
    }
  }

  /** Zero times the weight is zero, even where the weight is infinite or NaN. */
  @Override
  public void runWithZero(Worker w, int t, Slab zero) {
    for (LaneProduct p : products) {
      multiply(w, t, p, zero == state ? p.part().withoutState() : p.part());
    }
  }

  private void multiply(Worker w, int t, LaneProduct p, LaneProduct.Part part) {
    int from = w.unitFrom(m.hidden);
    int tile = m.lanes.tile();
    int tiles = (w.unitTo(m.hidden) - from + tile - 1) / tile;
    int row = part.from(m.inputSize, m.hidden);
    for (int i = 0; i < p.gates(); i++) {
      m.lanes.multiply(
          tiles,
          part.depth(m.inputSize, m.hidden),
          weights.data(),
          weights.at(p.gate() + i, from, row),
          weights.step(),
          m.groups,
          m.data,
          m.panel(t, 0, row),
          m.groupStep(),
          m.data,
          m.gate(0, p.target() + i, from),
          m.groupStep());
    }
  }
}
