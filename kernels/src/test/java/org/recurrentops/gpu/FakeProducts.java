package org.recurrentops.gpu;

import org.recurrentops.spi.DeviceBuffer;

/** Products of a {@link FakeDevice}, which hears where their scratch lies. */
record FakeProducts(FakeDevice device, String describe, OperandFormat operands)
    implements Products {
  @Override
  public Gemm prepare(GemmShape shape) {
    return device.gemm(shape);
  }

  @Override
  public void useScratch(DeviceQueue queue, DeviceBuffer memory, long offset) {
    device.scratch.put(device.nameOf(queue), offset);
    device.scratchMemory.add(memory);
  }
}
