package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.spi.DeviceBuffer;

/**
 * Where a call's operands are kept in the format of its products: a place for the left and one for
 * the right operand of whatever product runs next, and weights that are converted once and read by
 * many products.
 */
final class OperandStage {
  private static final KernelId CONVERT =
      KernelId.of(
          "convert",
          "convert_rows",
          "const float* src, float* dst, long src_row, long rows, int width, int format");

  /** Kernels that only CUDA holds. */
  static List<KernelId> kernels() {
    return List.of(CONVERT);
  }

  private final Device device;
  private final OperandFormat format;
  private final Address left;
  private final Address right;
  private final List<Weight> weights = new ArrayList<>();

  /** A weight as it is, and the place of its copy. */
  private record Weight(Address original, long elements, Address copy) {
    boolean holds(DeviceBuffer buffer, long offset) {
      return buffer == original.buffer()
          && offset >= original.offset()
          && offset < original.offset() + elements;
    }
  }

  /**
   * For one bound call.
   *
   * @param device runs the conversions
   * @param format of the products
   * @param left place for a left operand
   * @param right place for a right operand
   */
  OperandStage(Device device, OperandFormat format, Address left, Address right) {
    this.device = device;
    this.format = format;
    this.left = left;
    this.right = right;
  }

  OperandFormat format() {
    return format;
  }

  Address left() {
    return left;
  }

  Address right() {
    return right;
  }

  /** Says that a weight's copy lies somewhere; the latest statement about a weight counts. */
  void declare(Address weight, long elements, Address copy) {
    weights.add(0, new Weight(weight, elements, copy));
  }

  /** A place within a weight's copy, counted in numbers of the format; −1 if there is no copy. */
  long elementOfCopy(DeviceBuffer buffer, long offset) {
    Weight w = find(buffer, offset);
    return w == null ? -1 : w.copy.offset() * format.perFloat() + (offset - w.original.offset());
  }

  /** The buffer of that copy. */
  DeviceBuffer bufferOfCopy(DeviceBuffer buffer, long offset) {
    return find(buffer, offset).copy.buffer();
  }

  private Weight find(DeviceBuffer buffer, long offset) {
    for (Weight w : weights) {
      if (w.holds(buffer, offset)) {
        return w;
      }
    }
    return null;
  }

  /** Arguments that convert rows into a dense matrix; the source is set per launch. */
  LaunchArguments conversion(Address dst, long rows, int width, long stride) {
    return new Bindings()
        .put("dst", dst)
        .put("src_row", stride)
        .put("rows", rows)
        .put("width", width)
        .put("format", format.code())
        .arguments(device, CONVERT, "src");
  }

  /** Converts a weight, densely stored, into a place and declares it. */
  void convert(WorkList list, Address weight, long elements, Address copy) {
    LaunchArguments arguments = conversion(copy, 1, Math.toIntExact(elements), 0);
    arguments.set(0, weight.buffer(), weight.offset());
    list.add(list.launch(arguments, list.groups(elements), 1, list.groupSize()));
    declare(weight, elements, copy);
  }
}
