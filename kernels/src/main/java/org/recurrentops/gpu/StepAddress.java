package org.recurrentops.gpu;

import org.recurrentops.gpu.Compaction.Place;
import org.recurrentops.spi.DeviceBuffer;

/**
 * A matrix that exists once per time step: element (n, j) of step t lies at {@code offset + t·step
 * + n·leadingDimension + j}, or where a {@link Compaction} says.
 */
record StepAddress(
    DeviceBuffer buffer,
    long offset,
    long step,
    int leadingDimension,
    Compaction compaction,
    Place place) {
  static StepAddress of(Address at, long step, int leadingDimension) {
    return new StepAddress(at.buffer(), at.offset(), step, leadingDimension, null, Place.FIXED);
  }

  /**
   * The same matrix where rows that have ended are left out; {@code offset} is that of its first.
   */
  StepAddress packed(Compaction rows, Place at) {
    return new StepAddress(buffer, offset, step, leadingDimension, rows, at);
  }

  StepAddress column(long column) {
    return new StepAddress(buffer, offset + column, step, leadingDimension, compaction, place);
  }

  long at(int t) {
    return compaction == null
        ? offset + t * step
        : offset + compaction.row(place, t) * leadingDimension;
  }
}
