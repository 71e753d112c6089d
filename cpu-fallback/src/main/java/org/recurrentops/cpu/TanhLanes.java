package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Activations;

/** {@link VanillaCell} with tanh where vectors hold batch rows. */
record TanhLanes(Activations activations) implements LaneCell {
  @Override
  public int gates() {
    return 1;
  }

  @Override
  public LaneProduct[] products() {
    return new LaneProduct[] {new LaneProduct(0, 1, 0, LaneProduct.Part.BOTH)};
  }

  @Override
  public void units(LaneMemory m, int t, int group, int unit, int count) {
    int length = count * m.lanes.width();
    int to = m.h(t + 1, group, unit);
    activations.tanh(m.data, m.gate(group, 0, unit), m.data, to, length);
    activations.clearSubnormals(m.data, to, length);
  }
}
