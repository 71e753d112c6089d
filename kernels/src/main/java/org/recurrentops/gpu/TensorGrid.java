package org.recurrentops.gpu;

import java.util.Optional;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * How a persistent kernel on tensor cores is divided: every block owns an even number of units, its
 * warps split the depth of the product into chunks of 64 bytes. The same arithmetic as {@code
 * make_panel} in {@code tensor_pieces.h}; for the fragments see {@link Fragments}.
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

  static PersistentGrid forward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    int gates = spec.cell().gates();
    return of(spec, mode, limits, batch, 1, gates, forward(gates));
  }

  static PersistentGrid backward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    return of(spec, mode, limits, batch, spec.cell().gates(), 1, BACKWARD);
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

  /**
   * A grid.
   *
   * @param gates of a row of the mailbox
   * @param columns of the product, of a unit
   */
  private static PersistentGrid of(
      RnnSpec spec,
      MathMode mode,
      DeviceLimits limits,
      int batch,
      int gates,
      int columns,
      Held held) {
    int padded = padded(spec, mode);
    int share = 2 * ceil(padded, 2 * limits.computeUnits());
    int chunks = rowWords(spec, mode, gates) / CHUNK_WORDS;
    int warps = Math.min(chunks, Math.min(MOST_WARPS, limits.maxGroupSize() / LANES));
    int mine = ceil(chunks, warps);
    int tiles = ceil(columns * share, COLUMN_TILE);
    Fragments fragments = new Fragments(held, mine, tiles);
    int threads = LANES * warps;
    long others =
        2L * Float.BYTES * warps * ROW_TILE * COLUMN_TILE * tiles
            + 2L * Float.BYTES * batch * share;
    int streamed = fragments.least();
    while (streamed < fragments.most()
        && fragments.inMemory(streamed) * threads * QUAD_BYTES + others
            > limits.localMemoryBytes()) {
      streamed++;
    }
    long bytes = fragments.inMemory(streamed) * threads * QUAD_BYTES + others;
    Streaming streaming = fragments.streaming(streamed, threads);
    return new PersistentGrid(ceil(padded, share), threads, share, tiles, bytes, streaming);
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
