package org.recurrentops.cpu;

import org.recurrentops.cpu.math.GruUnits;

/** {@link GruCell} where vectors hold batch rows; beside r, z and n it has q = R_n h₋ + b_Rn. */
record GruLanes(GruUnits units) implements LaneCell {
  private static final int N = 2;
  private static final int Q = 3;

  @Override
  public int gates() {
    return Q + 1;
  }

  @Override
  public LaneProduct[] products() {
    return new LaneProduct[] {
      new LaneProduct(0, 2, 0, LaneProduct.Part.BOTH),
      new LaneProduct(N, 1, N, LaneProduct.Part.INPUT),
      new LaneProduct(N, 1, Q, LaneProduct.Part.STATE)
    };
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
        m.gate(group, Q, unit),
        m.data,
        m.h(t, group, unit),
        m.data,
        m.h(t + 1, group, unit));
  }
}
