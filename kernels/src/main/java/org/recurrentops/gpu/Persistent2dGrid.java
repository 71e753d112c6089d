package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * How a persistent kernel is divided where clusters of blocks divide the depth of the product, too:
 * a cluster has the units of its blocks, each of which owns {@code share} of them and has for all
 * of the cluster's the weights of a run of the depth, in registers first, then in shared memory.
 * The same arithmetic as {@code make_portion} in {@code persistent_2d.h} and what divides the rest
 * in {@code strip_2d.h} and {@code tensor_2d.h}.
 *
 * <p>What that saves, for P blocks in clusters of p, G gates and numbers of b bytes: of h a block
 * reads N·H·b/p bytes a step instead of N·H·b, of the gate gradients G·N·H·b/p instead of G·N·H·b,
 * each word once. Instead it writes (p−1)·G·N·share float32 sums into its peers' shared memory
 * forward, and (p−1)·N·share backward. LSTM, H = 768, 16 rows in BF16: 6 KB from L2 and 4.6 KB to
 * peers forward with p = 4, 12 KB and 3.5 KB backward with p = 8.
 */
final class Persistent2dGrid {
  /** Sums that have come, and those that come. */
  private static final int BUFFERS = 2;

  /** Words for two arrival words; after them one for each block of the cluster at the end. */
  private static final int ARRIVALS = 4;

  /** Elements of a quad, rows of a tile in FP32, and columns of a lane. */
  private static final int QUAD = 4;

  private static final int LANES = 32;

  /** The most that the scratch and launch bounds of the kernels are for. */
  private static final int MOST_THREADS = 256;

  private static final int COLUMN_TILE = 8;
  private static final int CHUNK_QUADS = 4;

  /** Fragments that a kernel on tensor cores has registers for: its template parameters. */
  private static final TensorGrid.Held HELD = new TensorGrid.Held(16, 2);

  private final boolean tensor;
  private final int size;
  private final int padded;
  private final int share;

  /** Of an owner, in whole quads. */
  private final int columns;

  /** Quads of the longest run of a row. */
  private final int longest;

  private int threads;

  /** In FP32: lanes with columns of their own, groups of them, and how often they work. */
  private int lanes;

  private int parts;
  private int passes;
  private int turns;

  /** On tensor cores: tiles of columns of a warp. */
  private int tiles;

  private Persistent2dGrid(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, int gates, int sums) {
    this.size = size;
    tensor = mode != MathMode.FP32;
    padded = tensor ? TensorGrid.padded(spec, mode) : StripGrid.padded(spec);
    int quantum = sums == 1 ? QUAD : tensor ? 2 : 1; // no owner has columns that are not there
    share = quantum * ceil(padded, quantum * (limits.computeUnits() / size * size));
    columns = QUAD * ceil(Math.multiplyExact(sums, share), QUAD);
    int words = tensor ? TensorGrid.rowWords(spec, mode, gates) : gates * padded;
    int grain = tensor ? CHUNK_QUADS : 1;
    longest = grain * ceil(words / QUAD, size * grain);
    int most = Math.min(MOST_THREADS, limits.maxGroupSize() / LANES * LANES);
    if (tensor) {
      int all = ceil(Math.multiplyExact(size, columns), COLUMN_TILE);
      int warps = Math.min(all, most / LANES);
      tiles = ceil(all, warps);
      threads = LANES * warps;
    } else {
      divide(Math.multiplyExact(size, columns) / QUAD, most);
    }
  }

  /** As few turns as possible; weights from shared memory take about twice as long. */
  private void divide(int groups, int most) {
    int least = Integer.MAX_VALUE;
    for (int wanted = ceil(groups, most); wanted <= groups && wanted <= LANES; wanted++) {
      int across = ceil(groups, wanted);
      int beside = Math.min(most / across, longest);
      int each = ceil(longest, beside);
      int cost = wanted + 2 * wanted * each - Math.min(StripGrid.HELD, each);
      if (cost < least) {
        least = cost;
        lanes = across;
        parts = beside;
        turns = each;
      }
    }
    passes = ceil(groups, lanes);
    threads = LANES * ceil(lanes * parts, LANES);
  }

  /**
   * Blocks of a cluster: in 16 bits forward, where a row of h is short, half as many as elsewhere,
   * so that fewer sums travel; Persistent2dModel of the module bench says what that is worth.
   *
   * @param most of the largest cluster
   */
  static int size(MathMode mode, boolean forward, int most) {
    return forward && (mode == MathMode.BF16 || mode == MathMode.FP16)
        ? Math.max(1, most / 2)
        : most;
  }

  /** Those of the longest calls of a plan in clusters of a size, of at most {@code most}. */
  static List<PersistentGrid> all(PlanRequest request, DeviceLimits limits, int size, int most) {
    RnnSpec spec = request.spec();
    int batch = request.options().maxBatch();
    MathMode mode = request.options().mathMode();
    return List.of(true, false).stream()
        .filter(forward -> forward || request.options().isTraining())
        .filter(forward -> size(mode, forward, most) == size)
        .map(forward -> of(spec, mode, limits, size, forward).grid(limits, batch))
        .toList();
  }

  /** Of a pass. */
  static Persistent2dGrid of(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, boolean forward) {
    int gates = spec.cell().gates();
    return forward
        ? new Persistent2dGrid(spec, mode, limits, size, 1, gates)
        : new Persistent2dGrid(spec, mode, limits, size, gates, 1);
  }

  /** Lanes with columns of their own, in FP32. */
  int lanes() {
    return lanes;
  }

  /** As many rows at once as there are and as fit; of several portions none much smaller. */
  PersistentGrid grid(DeviceLimits limits, int batch) {
    int wanted = Math.max(1, ceil(batch, tensor ? TensorGrid.ROW_TILE : QUAD));
    int rowTiles = wanted;
    while (rowTiles > 1 && bytes(rowTiles, batch) > limits.localMemoryBytes()) {
      rowTiles--;
    }
    rowTiles = ceil(wanted, ceil(wanted, rowTiles));
    int blocks = size * ceil(padded, Math.multiplyExact(size, share));
    return new PersistentGrid(blocks, threads, share, rowTiles, bytes(rowTiles, batch));
  }

  private long bytes(int rowTiles, int batch) {
    long chunk = (long) rowTiles * (tensor ? TensorGrid.ROW_TILE : QUAD);
    long stride = tensor ? CHUNK_QUADS * (longest / CHUNK_QUADS | 1) : (long) turns * parts;
    long product = tensor ? fragments() : strips();
    long words = ARRIVALS + size + BUFFERS * size * chunk * columns + 2L * batch * share;
    return Float.BYTES * (words + QUAD * (chunk * stride + product));
  }

  /** Quads of weights that have no register, and of sums. */
  private long strips() {
    long lists = (long) passes * turns - Math.min(StripGrid.HELD, turns);
    return lists * QUAD * lanes * parts + (long) BUFFERS * QUAD * threads;
  }

  private long fragments() {
    long chunks = longest / CHUNK_QUADS;
    long inRegisters = Math.min(HELD.chunks(), chunks) * Math.min(HELD.tiles(), tiles);
    return (chunks * tiles - inRegisters) * threads;
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
