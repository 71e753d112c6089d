package org.recurrentops.gpu;

import org.recurrentops.spi.DeviceBuffer;

/**
 * Leaves products out, for measuring what surrounds them: C stays as it is, or becomes zero, as if
 * B were zero.
 */
final class NoGemm implements Gemm {
  private final GemmShape shape;
  private final LaunchArguments fill;
  private final int groupSize;
  private int groups;

  private NoGemm(Device device, GemmShape shape) {
    this.shape = shape;
    groupSize = device.limits().pointwiseGroupSize();
    groups = groups(shape.m());
    fill = device.prepare(Kernels.FILL_ROWS);
    fill.set("x_outer", 0L).set("x_row", (long) shape.ldc()).set("inner", shape.m());
    fill.set("rows", (long) shape.m()).set("width", shape.n()).set("value", 0f);
  }

  private int groups(int m) {
    return Math.toIntExact(((long) m * shape.n() + groupSize - 1) / groupSize);
  }

  static Products products(Device device) {
    return Products.of("left out", shape -> new NoGemm(device, shape));
  }

  @Override
  public void a(DeviceBuffer buffer, long offset) {
    // Nothing is read from it.
  }

  @Override
  public void b(DeviceBuffer buffer, long offset) {
    // Nothing is read from it.
  }

  @Override
  public void c(DeviceBuffer buffer, long offset) {
    fill.set(0, buffer, offset);
  }

  @Override
  public void resize(int m, int k) {
    groups = groups(m);
    fill.set("rows", (long) m);
  }

  @Override
  public void run(DeviceQueue queue) {
    if (!shape.accumulate()) {
      fill.launch(queue, groups, 1, groupSize);
    }
  }

  @Override
  public void close() {
    fill.close();
  }
}
