package org.recurrentops.gpu;

import java.util.concurrent.atomic.AtomicLong;
import org.recurrentops.MathMode;
import org.recurrentops.spi.DeviceBuffer;

/**
 * Products of a bound call whose operands are converted first: float32 in, float32 out, and between
 * them the format that the products beneath take. Closing it leaves those open.
 */
final class ConvertingProducts implements Products {
  private final Products beneath;
  private final int groupSize;
  private final OperandStage stage;
  private final AtomicLong count;

  /** Over the products of a plan. */
  ConvertingProducts(Device device, Products beneath, OperandStage stage, MathMode mode) {
    this.beneath = beneath;
    this.groupSize = device.limits().pointwiseGroupSize();
    this.stage = stage;
    this.count = device.counters().launches(counter(mode));
  }

  /** A plan's products for one call: themselves where they take float32 as it is. */
  static Products over(Device device, Products products, CallMemory memory, MathMode mode) {
    if (!products.operands().converts()) {
      return products;
    }
    PlanLayout.Lane lane = memory.lane();
    OperandStage stage =
        new OperandStage(
            device,
            products.operands(),
            memory.scratch(lane.stageLeft()),
            memory.scratch(lane.stageRight()));
    return new ConvertingProducts(device, products, stage, mode);
  }

  /** The counter of products whose operands were converted for a mode. */
  static String counter(MathMode mode) {
    return "converted_" + mode.name().toLowerCase(java.util.Locale.ROOT);
  }

  OperandStage stage() {
    return stage;
  }

  @Override
  public Gemm prepare(GemmShape shape) {
    return new Converting(shape);
  }

  @Override
  public String describe() {
    return beneath.describe();
  }

  /**
   * One product. Which operands have a copy already is known when they are set, so the product
   * itself is made then; every later operand must be alike.
   */
  private final class Converting implements Gemm {
    private final GemmShape shape;
    private final Side left;
    private final Side right;
    private DeviceBuffer result;
    private long resultOffset;
    private int rows;
    private int depth;
    private Gemm gemm;

    Converting(GemmShape s) {
      shape = s;
      rows = s.m();
      depth = s.k();
      left =
          new Side(
              false,
              stage.left(),
              s.transposeA() ? s.k() : s.m(),
              s.transposeA() ? s.m() : s.k(),
              s.lda());
      right =
          new Side(
              true,
              stage.right(),
              s.transposeB() ? s.n() : s.k(),
              s.transposeB() ? s.k() : s.n(),
              s.ldb());
    }

    @Override
    public void a(DeviceBuffer buffer, long offset) {
      left.set(buffer, offset);
    }

    @Override
    public void b(DeviceBuffer buffer, long offset) {
      right.set(buffer, offset);
    }

    @Override
    public void c(DeviceBuffer buffer, long offset) {
      result = buffer;
      resultOffset = offset;
      if (gemm != null) {
        gemm.c(buffer, offset);
      }
    }

    @Override
    public void resize(int m, int k) {
      rows = m;
      depth = k;
      left.resize(shape.transposeA() ? k : m, shape.transposeA() ? m : k);
      right.resize(shape.transposeB() ? shape.n() : k, shape.transposeB() ? k : shape.n());
      if (gemm != null) {
        gemm.resize(m, k);
      }
    }

    @Override
    public void run(DeviceQueue queue) {
      if (gemm == null) {
        make();
      }
      left.convert(queue);
      right.convert(queue);
      gemm.run(queue);
      queue.count(count);
    }

    private void make() {
      gemm =
          beneath.prepare(
              new GemmShape(
                  shape.transposeA(),
                  shape.transposeB(),
                  shape.m(),
                  shape.n(),
                  shape.k(),
                  left.leadingDimension(),
                  right.leadingDimension(),
                  shape.ldc(),
                  shape.accumulate()));
      gemm.a(left.buffer, left.element);
      gemm.b(right.buffer, right.element);
      gemm.c(result, resultOffset);
      gemm.resize(rows, depth);
    }

    @Override
    public void close() {
      left.close();
      right.close();
      if (gemm != null) {
        gemm.close();
      }
    }
  }

  /** One operand: a weight's copy, or a conversion that runs before each product. */
  private final class Side {
    private final boolean mayBeWeight;
    private final Address place;
    private int groups;
    private int rows;
    private final int width;
    private final int stride;
    private LaunchArguments conversion;
    private DeviceBuffer source;
    private long sourceOffset;
    private DeviceBuffer buffer;
    private long element;

    Side(boolean mayBeWeight, Address place, int rows, int width, int stride) {
      this.mayBeWeight = mayBeWeight;
      this.place = place;
      this.rows = rows;
      this.width = width;
      this.stride = stride;
      this.groups = groups();
    }

    private int groups() {
      return Math.toIntExact(((long) rows * width + groupSize - 1) / groupSize);
    }

    /** Rows as stored; their width never changes. */
    void resize(int fewer, int columns) {
      if (columns != width) {
        throw new IllegalArgumentException(
            "product: expected stored rows of " + width + " numbers, got " + columns);
      }
      if (fewer != rows) {
        rows = fewer;
        groups = groups();
        if (conversion != null) {
          conversion.set("rows", (long) rows);
        }
      }
    }

    void set(DeviceBuffer from, long offset) {
      long copy = mayBeWeight ? stage.elementOfCopy(from, offset) : -1;
      if (copy >= 0) {
        buffer = stage.bufferOfCopy(from, offset);
        element = copy;
        return;
      }
      if (conversion == null) {
        conversion = stage.conversion(place, rows, width, stride);
        buffer = place.buffer();
        element = place.offset() * stage.format().perFloat();
      }
      if (source != from) {
        conversion.set(0, from, offset);
      } else if (sourceOffset != offset) {
        conversion.setOffset(0, offset);
      }
      source = from;
      sourceOffset = offset;
    }

    int leadingDimension() {
      return conversion == null ? stride : width;
    }

    void convert(DeviceQueue queue) {
      if (conversion != null) {
        conversion.launch(queue, groups, 1, groupSize);
      }
    }

    void close() {
      if (conversion != null) {
        conversion.close();
      }
    }
  }
}
