package org.recurrentops.gpu;

import java.util.Optional;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * How a persistent kernel on tensor cores is divided: every block owns an even number of units, its
 * warps split the depth of the product into chunks of 64 bytes. The same arithmetic as {@code
 * make_panel} in {@code tensor_pieces.h}.
 */
final class TensorGrid {
  /** Rows and columns of a product of tensor cores. */
  static final int ROW_TILE = 16;

  private static final int COLUMN_TILE = 8;

  private static final int CHUNK_WORDS = 16;

  /** The most that one set of scratch of the kernels is for. */
  private static final int MOST_WARPS = 8;

  private static final int LANES = 32;
  private static final int QUAD_BYTES = 16;

  /**
   * Fragments that a kernel has registers for: the template parameters in its file.
   *
   * @param chunks of a warp
   * @param tiles of columns of each
   */
  record Held(int chunks, int tiles) {}

  static final Held BACKWARD = new Held(8, 1);

  private TensorGrid() {}

  /** Why a device cannot run a persistent loop in a mode, whatever its size is, or empty. */
  static Optional<String> refusal(PlanRequest request, Device device) {
    MathMode mode = request.options().mathMode();
    return mode == MathMode.FP32 || device.mathModes().contains(MathMode.BF16)
        ? Optional.empty()
        : Optional.of(
            "algorithm persistent: "
                + mode
                + " needs the tensor cores of compute capability 8.0; use stepped");
  }

  /** What the forward kernel of a cell with so many gates holds in registers. */
  static Held forward(int gates) {
    return new Held(8, gates == 1 ? 2 : gates);
  }

  /** What those of loops that share a launch hold of R, and as much of W. */
  static Held role(int gates, boolean forward) {
    return forward ? new Held(4, Math.min(3, forward(gates).tiles())) : BACKWARD;
  }

  static PersistentGrid forward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    int gates = spec.cell().gates();
    return of(spec, mode, limits, 1, gates).grid(forward(gates), batch, 2, 0);
  }

  static PersistentGrid backward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    return of(spec, mode, limits, spec.cell().gates(), 1).grid(BACKWARD, batch, 2, 0);
  }

  /** Of a loop that shares a launch, as {@link StripGrid#role}. */
  static PersistentGrid role(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int batch, boolean forward, boolean stack) {
    int gates = spec.cell().gates();
    Held held = role(gates, forward);
    Division d = of(spec, mode, limits, forward ? 1 : gates, forward ? gates : 1);
    long more = Roles.WORDS + (stack ? d.inMemory(held) : 0);
    return d.grid(held, batch, stack && !forward ? 3 : 2, more);
  }

  /** Numbers of one gate in a row of the mailbox: H and the zeros that fill the last chunk. */
  static int padded(RnnSpec spec, MathMode mode) {
    int chunk = CHUNK_WORDS * pack(mode);
    return chunk * ceil(spec.hiddenSize(), chunk);
  }

  /** Words of a row of the mailbox. */
  static int rowWords(RnnSpec spec, MathMode mode, int gates) {
    return gates * padded(spec, mode) / pack(mode);
  }

  private static int pack(MathMode mode) {
    return mode == MathMode.TF32 ? 1 : 2;
  }

  /** Of the units among blocks, and of the chunks of their depth among warps. */
  private record Division(int blocks, int share, int warps, int mine, int tiles) {
    /** Numbers of fragments in shared memory. */
    long inMemory(Held held) {
      long inRegisters = (long) Math.min(held.chunks(), mine) * Math.min(held.tiles(), tiles);
      return QUAD_BYTES / Float.BYTES * ((long) mine * tiles - inRegisters) * LANES * warps;
    }

    /**
     * A grid.
     *
     * @param kept numbers of a row and unit
     * @param more numbers in shared memory
     */
    PersistentGrid grid(Held held, int batch, int kept, long more) {
      long sums = 2L * warps * ROW_TILE * COLUMN_TILE * tiles;
      long rows = 4 * (((long) kept * batch * share + 3) / 4);
      long words = more + inMemory(held) + sums + rows;
      return new PersistentGrid(blocks, LANES * warps, share, tiles, Float.BYTES * words);
    }
  }

  /**
   * A division.
   *
   * @param gates of a row of the mailbox
   * @param columns of the product, of a unit
   */
  private static Division of(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int gates, int columns) {
    int padded = padded(spec, mode);
    int share = 2 * ceil(padded, 2 * limits.computeUnits());
    int chunks = rowWords(spec, mode, gates) / CHUNK_WORDS;
    int warps = Math.min(chunks, Math.min(MOST_WARPS, limits.maxGroupSize() / LANES));
    int tiles = ceil(columns * share, COLUMN_TILE);
    return new Division(ceil(padded, share), share, warps, ceil(chunks, warps), tiles);
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
