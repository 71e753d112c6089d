package org.recurrentops.gpu;

import org.recurrentops.RnnSpec;

/**
 * How a persistent kernel in FP32 is divided: the warps of a block split the depth of the product
 * into quads; in each, {@code lanes} lanes have four columns of the block, and as many such groups
 * of lanes as there are take turns with the warp's quads. A thread keeps the weights of its first
 * turns in registers. The same arithmetic as {@code make_strip} in {@code strip_pieces.h}.
 */
final class StripGrid {
  /** Turns of a thread whose weights have registers: the template parameter in the kernels. */
  static final int HELD = 8;

  /** The same of a loop that shares a launch, see {@link Roles}. */
  static final int ROLE_HELD = 7;

  /** And of its weights W of the input: INPUT_HELD in persistent_roles.h. */
  private static final int INPUT_HELD = 1;

  /** Rows of a tile, columns of a lane, and elements of a quad. */
  private static final int TILE = PersistentGrid.TILE;

  private static final int LANES = 32;

  /** With more, the partial sums take what rows under way at the same time need. */
  private static final int MOST_WARPS = 8;

  /** Numbers of one gate in a row of the mailbox. */
  private final int padded;

  private final int share;
  private final int warps;

  /** Quads of a warp. */
  private final int mine;

  /** Lanes with columns of their own. */
  private final int lanes;

  private final int width;

  /** Turns whose weights R have registers. */
  private final int held;

  /**
   * A division.
   *
   * @param gates of a row of the mailbox
   * @param columns of the product, of a unit
   */
  private StripGrid(RnnSpec spec, DeviceLimits limits, int gates, int columns, int held) {
    this.held = held;
    padded = padded(spec);
    int quantum = columns == 1 ? TILE : 1; // no lane has columns that are not there
    share = quantum * ceil(padded, quantum * limits.computeUnits());
    int quads = gates * padded / TILE;
    warps = Math.min(quads, Math.min(MOST_WARPS, limits.maxGroupSize() / LANES));
    mine = ceil(quads, warps);
    int groups = ceil(columns * share, TILE);
    width = TILE * groups;
    lanes = lanes(groups);
  }

  /** One after the other, forward a unit's gates and backward a unit are neighbours. */
  private static StripGrid of(RnnSpec spec, DeviceLimits limits, boolean forward, int held) {
    int gates = spec.cell().gates();
    return forward
        ? new StripGrid(spec, limits, 1, gates, held)
        : new StripGrid(spec, limits, gates, 1, held);
  }

  static PersistentGrid forward(RnnSpec spec, DeviceLimits limits, int batch) {
    return of(spec, limits, true, HELD).grid(limits, batch, 2, 0);
  }

  static PersistentGrid backward(RnnSpec spec, DeviceLimits limits, int batch) {
    return of(spec, limits, false, HELD).grid(limits, batch, 2, 0);
  }

  /**
   * Of a loop that shares a launch. One of a stack has W beside R, and backward dy of a step.
   *
   * @param limits with as many compute units as the loop has
   */
  static PersistentGrid role(
      RnnSpec spec, DeviceLimits limits, int batch, boolean forward, boolean stack) {
    StripGrid grid = of(spec, limits, forward, ROLE_HELD);
    int kept = stack && !forward ? 3 : 2;
    return grid.grid(limits, batch, kept, Roles.WORDS + (stack ? grid.weights(INPUT_HELD) : 0));
  }

  /** Lanes of a warp with columns of their own. */
  static int lanes(RnnSpec spec, DeviceLimits limits, boolean forward) {
    return of(spec, limits, forward, HELD).lanes;
  }

  /** The same of a loop that shares a launch. */
  static int roleLanes(RnnSpec spec, DeviceLimits limits, boolean forward) {
    return of(spec, limits, forward, ROLE_HELD).lanes;
  }

  /** H and the zeros that fill the last quad. */
  static int padded(RnnSpec spec) {
    return TILE * ceil(spec.hiddenSize(), TILE);
  }

  /** As few turns as possible; weights from shared memory take about twice as long. */
  private int lanes(int groups) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int passes = ceil(groups, LANES); passes <= groups && passes <= LANES; passes++) {
      int across = ceil(groups, passes);
      int turns = turns(across);
      int cost = passes + 2 * passes * turns - Math.min(held, turns);
      if (cost < least) {
        least = cost;
        best = across;
      }
    }
    return best;
  }

  private int parts(int across) {
    return Math.min(LANES / across, mine);
  }

  private int turns(int across) {
    return ceil(mine, parts(across));
  }

  /**
   * As many rows at once as there are and as fit; of several portions none much smaller.
   *
   * @param kept numbers of a row and unit
   * @param more numbers in shared memory
   */
  private PersistentGrid grid(DeviceLimits limits, int batch, int kept, long more) {
    int wanted = Math.max(1, ceil(batch, TILE));
    int tiles = wanted;
    long fixed = more + weights(held) + TILE * (((long) kept * batch * share + TILE - 1) / TILE);
    while (tiles > 1 && bytes(tiles, fixed) > limits.localMemoryBytes()) {
      tiles--;
    }
    tiles = ceil(wanted, ceil(wanted, tiles));
    return new PersistentGrid(
        ceil(padded, share), LANES * warps, share, tiles, bytes(tiles, fixed));
  }

  /** Numbers of the weights of so many rows as there are gates, but for those in registers. */
  private long weights(int inRegisters) {
    long turns = turns(lanes);
    long passes = ceil(width, TILE * lanes);
    long lists = passes * turns - Math.min(inRegisters, turns);
    return lists * TILE * TILE * lanes * parts(lanes) * warps;
  }

  private long bytes(int tiles, long fixed) {
    long chunk = (long) TILE * tiles;
    long rows = TILE * chunk * turns(lanes) * parts(lanes);
    long sums = (long) TILE * TILE * LANES + 2 * chunk * width;
    return Float.BYTES * (warps * (rows + sums) + fixed);
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
