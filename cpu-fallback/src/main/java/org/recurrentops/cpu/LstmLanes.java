package org.recurrentops.cpu;

import org.recurrentops.cpu.math.LstmUnits;

/** {@link LstmCell} where vectors hold batch rows. */
record LstmLanes(LstmUnits units) implements LaneCell {
  private static final int GATES = 4;

  @Override
  public int gates() {
    return GATES;
  }

  @Override
  public LaneProduct[] products() {
    return new LaneProduct[] {new LaneProduct(0, GATES, 0, LaneProduct.Part.BOTH)};
  }

  @Override
  public void units(LaneMemory m, int t, int group, int unit, int count) {
    units.forward(
        m.gateStep(),
        1,
        count * m.lanes.width(),
        m.data,
        m.gate(group, 0, unit),
        m.data,
        m.c(t, group, unit),
        m.data,
        m.c(t + 1, group, unit),
        m.data,
        m.h(t + 1, group, unit));
  }
}
