package org.recurrentops.gpu;

import org.recurrentops.spi.DeviceBuffer;

/**
 * A matrix that exists once per time step: element (n, j) of step t lies at {@code offset + t·step
 * + n·leadingDimension + j}.
 */
record StepAddress(DeviceBuffer buffer, long offset, long step, int leadingDimension) {
  static StepAddress of(Address at, long step, int leadingDimension) {
    return new StepAddress(at.buffer(), at.offset(), step, leadingDimension);
  }

  StepAddress column(long column) {
    return new StepAddress(buffer, offset + column, step, leadingDimension);
  }

  long at(int t) {
    return offset + t * step;
  }
}
