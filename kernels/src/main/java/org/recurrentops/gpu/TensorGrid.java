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

  /** What those of loops that share a launch hold of R, and as much of W. */
  static Held role(int gates, boolean forward) {
    return forward ? new Held(4, Math.min(3, forward(gates).tiles())) : BACKWARD;
  }

  static PersistentGrid forward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    int gates = spec.cell().gates();
    return of(spec, mode, limits, 1, gates).grid(forward(gates), limits, batch);
  }

  static PersistentGrid backward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    return of(spec, mode, limits, spec.cell().gates(), 1).grid(BACKWARD, limits, batch);
  }

  /** Of a loop that shares a launch, as {@link StripGrid#role}. */
  static PersistentGrid role(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int batch, boolean forward, boolean stack) {
    int gates = spec.cell().gates();
    Division d = of(spec, mode, limits, forward ? 1 : gates, forward ? gates : 1);
    long weights = (stack ? 2 : 1) * d.inMemory(d.fragments(role(gates, forward)), 0);
    long kept = 4 * (((stack && !forward ? 3L : 2L) * batch * d.share + 3) / 4);
    return d.grid(Roles.WORDS + weights + d.sums() + kept, Streaming.NONE);
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
    Fragments fragments(Held held) {
      return new Fragments(held, mine, tiles);
    }

    /** Numbers of fragments in shared memory, with so many units in memory. */
    long inMemory(Fragments fragments, int streamed) {
      return QUAD_BYTES / Float.BYTES * fragments.inMemory(streamed) * LANES * warps;
    }

    /** Numbers of partial sums. */
    long sums() {
      return 2L * warps * ROW_TILE * COLUMN_TILE * tiles;
    }

    /** With as few weights in memory as there is no room for on the chip. */
    PersistentGrid grid(Held held, DeviceLimits limits, int batch) {
      Fragments fragments = fragments(held);
      long others = sums() + 2L * batch * share;
      int streamed = fragments.least();
      while (streamed < fragments.most()
          && Float.BYTES * (inMemory(fragments, streamed) + others) > limits.localMemoryBytes()) {
        streamed++;
      }
      Streaming streaming = fragments.streaming(streamed, LANES * warps);
      return grid(inMemory(fragments, streamed) + others, streaming);
    }

    /** With so many numbers in shared memory. */
    PersistentGrid grid(long words, Streaming streaming) {
      return new PersistentGrid(
          blocks, LANES * warps, share, tiles, Float.BYTES * words, streaming);
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
