package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.spi.DeviceBuffer;

/**
 * Matrix products out of the library's own kernels. {@link #TILED} runs on every device with local
 * memory ({@code gemm.cl}, {@code gemm.cu}); the vector kernels ({@code gemm_vector.cl}, OpenCL
 * only) are for devices whose local memory is ordinary memory.
 */
public final class GemmKernels {
  /** Work-items of a group of {@link #TILED}. */
  public static final int TILED_GROUP = 256;

  private static final String SIZES =
      "const float* a, const float* b, float* c, int m, int n, int k, ";

  /** Tiles in local memory and registers; any transposes. */
  public static final KernelId TILED =
      KernelId.of(
          "gemm",
          "gemm_tiled",
          SIZES + "int lda, int ldb, int ldc, int transposed_a, int transposed_b, int accumulate");

  /** Rows of B as vectors; B is not transposed. */
  public static final KernelId VECTOR_ROWS =
      KernelId.of(
          "gemm_vector",
          "gemm_vector_rows",
          SIZES + "int lda, int ldb, int ldc, int transposed_a, int accumulate");

  /** Dot products of rows; only B is transposed. */
  public static final KernelId VECTOR_DOT =
      KernelId.of(
          "gemm_vector", "gemm_vector_dot", SIZES + "int lda, int ldb, int ldc, int accumulate");

  /** One element per item; both are transposed. */
  public static final KernelId VECTOR_ANY =
      KernelId.of(
          "gemm_vector", "gemm_vector_any", SIZES + "int lda, int ldb, int ldc, int accumulate");

  private static final int TILE = 64;

  private GemmKernels() {}

  /**
   * Kernels that both GPU languages hold.
   *
   * @return their ids
   */
  public static List<KernelId> shared() {
    return List.of(TILED);
  }

  /**
   * Kernels that only OpenCL holds.
   *
   * @return their ids
   */
  public static List<KernelId> openclOnly() {
    return List.of(VECTOR_ROWS, VECTOR_DOT, VECTOR_ANY);
  }

  /**
   * Kernels that only CUDA holds: what products of reduced precision need.
   *
   * @return their ids
   */
  public static List<KernelId> cudaOnly() {
    return OperandStage.kernels();
  }

  /**
   * A product out of {@link #TILED}.
   *
   * @param device where; its groups hold {@link #TILED_GROUP} items
   * @param shape sizes and transposes
   * @return the product, operands unset
   */
  public static Gemm tiled(Device device, GemmShape shape) {
    LaunchArguments block = sized(device, TILED, shape);
    block.set("transposed_a", shape.transposeA() ? 1 : 0);
    block.set("transposed_b", shape.transposeB() ? 1 : 0);
    return new KernelGemm(block, shape, TILE, 1, tiles(shape.n(), TILE), TILED_GROUP);
  }

  /**
   * A product out of the vector kernels.
   *
   * @param device where
   * @param shape sizes and transposes
   * @return the product, operands unset
   */
  public static Gemm vector(Device device, GemmShape shape) {
    if (!shape.transposeB()) {
      LaunchArguments block = sized(device, VECTOR_ROWS, shape);
      block.set("transposed_a", shape.transposeA() ? 1 : 0);
      return new KernelGemm(block, shape, 24, 1, tiles(shape.n(), 128), 1);
    }
    if (!shape.transposeA()) {
      LaunchArguments block = sized(device, VECTOR_DOT, shape);
      return new KernelGemm(block, shape, 4, 4, tiles(shape.n(), 3), 4);
    }
    LaunchArguments block = sized(device, VECTOR_ANY, shape);
    return new KernelGemm(block, shape, 1, 16, shape.n(), 16);
  }

  private static int tiles(int extent, int tile) {
    return (int) (((long) extent + tile - 1) / tile);
  }

  private static LaunchArguments sized(Device device, KernelId kernel, GemmShape s) {
    LaunchArguments block = device.prepare(kernel);
    block.set("m", s.m()).set("n", s.n()).set("k", s.k());
    block.set("lda", s.lda()).set("ldb", s.ldb()).set("ldc", s.ldc());
    return block.set("accumulate", s.accumulate() ? 1 : 0);
  }

  /** One launch; operands that stay the same are not set again. */
  private static final class KernelGemm implements Gemm {
    private final LaunchArguments block;
    private final int rowsPerItem;
    private final int itemsPerGroup;
    private final int groupsY;
    private final int groupSize;
    private final int rowsIndex;
    private final int depthIndex;
    private int groupsX;
    private int rows;
    private int depth;
    private final DeviceBuffer[] operands = new DeviceBuffer[3];
    private final long[] offsets = new long[3];

    /** Of groups that each have rows of the result by the items that share them along x. */
    KernelGemm(
        LaunchArguments block,
        GemmShape shape,
        int rowsPerItem,
        int itemsPerGroup,
        int groupsY,
        int groupSize) {
      this.block = block;
      this.rowsPerItem = rowsPerItem;
      this.itemsPerGroup = itemsPerGroup;
      this.groupsY = groupsY;
      this.groupSize = groupSize;
      this.rows = shape.m();
      this.depth = shape.k();
      this.groupsX = groups();
      this.rowsIndex = block.kernel().index("m");
      this.depthIndex = block.kernel().index("k");
    }

    private int groups() {
      return tiles(tiles(rows, rowsPerItem), itemsPerGroup);
    }

    @Override
    public void a(DeviceBuffer buffer, long offset) {
      operand(0, buffer, offset);
    }

    @Override
    public void b(DeviceBuffer buffer, long offset) {
      operand(1, buffer, offset);
    }

    @Override
    public void c(DeviceBuffer buffer, long offset) {
      operand(2, buffer, offset);
    }

    /** The operands are the first three parameters of every kernel here. */
    private void operand(int index, DeviceBuffer buffer, long offset) {
      if (operands[index] != buffer) {
        block.set(index, buffer, offset);
      } else if (offsets[index] != offset) {
        block.setOffset(index, offset);
      }
      operands[index] = buffer;
      offsets[index] = offset;
    }

    @Override
    public void resize(int m, int k) {
      if (m != rows) {
        rows = m;
        groupsX = groups();
        block.setInt(rowsIndex, m);
      }
      if (k != depth) {
        depth = k;
        block.setInt(depthIndex, k);
      }
    }

    @Override
    public void run(DeviceQueue queue) {
      block.launch(queue, groupsX, groupsY, groupSize);
    }

    @Override
    public void close() {
      block.close();
    }
  }
}
