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

  /** Of these, if any weights are in memory: those that are asked for ahead. */
  private static final int AHEAD = 1;

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
    return of(spec, limits, true, HELD).grid(limits, batch);
  }

  static PersistentGrid backward(RnnSpec spec, DeviceLimits limits, int batch) {
    return of(spec, limits, false, HELD).grid(limits, batch);
  }

  /**
   * Of a loop that shares a launch. One of a stack has W beside R, and backward dy of a step.
   *
   * @param limits with as many compute units as the loop has
   */
  static PersistentGrid role(
      RnnSpec spec, DeviceLimits limits, int batch, boolean forward, boolean stack) {
    StripGrid grid = of(spec, limits, forward, ROLE_HELD);
    long input = (grid.units() - Math.min(INPUT_HELD, grid.turns(grid.lanes))) * grid.unit();
    long more = Roles.WORDS + grid.kept(batch, stack && !forward ? 3 : 2) + (stack ? input : 0);
    return grid.grid(limits, batch, 0, more);
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
   * As many rows at once as there are and as fit; of several portions none much smaller. Where the
   * weights do not fit beside any, some of them are in memory: so many rows at once then that a
   * step is expected to be short.
   */
  private PersistentGrid grid(DeviceLimits limits, int batch) {
    long more = kept(batch, 2);
    PersistentGrid grid = grid(limits, batch, least(), more);
    if (grid.fits(limits)) {
      return grid;
    }
    double shortest = Double.MAX_VALUE;
    int wanted = Math.max(1, ceil(batch, TILE));
    for (int tiles = 1; tiles <= wanted; tiles++) {
      int streamed = least();
      while (streamed < most() && bytes(tiles, streamed, more) > limits.localMemoryBytes()) {
        streamed++;
      }
      PersistentGrid other = grid(tiles, streamed, more);
      double clocks = StreamingModel.FP32.clocks(other.streaming(), batch, ceil(wanted, tiles));
      if (other.fits(limits) && clocks < shortest) {
        shortest = clocks;
        grid = other;
      }
    }
    return grid;
  }

  /**
   * With so many units in memory.
   *
   * @param more numbers in shared memory beside weights and rows
   */
  private PersistentGrid grid(DeviceLimits limits, int batch, int streamed, long more) {
    int wanted = Math.max(1, ceil(batch, TILE));
    int tiles = wanted;
    while (tiles > 1 && bytes(tiles, streamed, more) > limits.localMemoryBytes()) {
      tiles--;
    }
    return grid(ceil(wanted, ceil(wanted, tiles)), streamed, more);
  }

  private PersistentGrid grid(int tiles, int streamed, long more) {
    int inRegisters = held(streamed);
    long plan = Streaming.spread(units() - inRegisters, streamed);
    Streaming some = new Streaming(inRegisters, plan, Float.BYTES * unit(), units(), 0);
    long bytes = bytes(tiles, streamed, more);
    return new PersistentGrid(ceil(padded, share), LANES * warps, share, tiles, bytes, some);
  }

  /** Numbers of a row and unit that are kept for all rows. */
  private long kept(int batch, int numbers) {
    return TILE * (((long) numbers * batch * share + TILE - 1) / TILE);
  }

  /** Turns of a thread, over all its columns. */
  private int units() {
    return turns(lanes) * ceil(width, TILE * lanes);
  }

  /** Numbers of a turn, of all threads. */
  private long unit() {
    return (long) TILE * TILE * lanes * parts(lanes) * warps;
  }

  /** Turns that registers have where so many are in memory, which come by way of some. */
  private int held(int streamed) {
    int most = streamed > 0 ? held - AHEAD : held;
    return Math.min(Math.min(most, turns(lanes)), units() - streamed);
  }

  /** Turns that memory has to have. */
  private int least() {
    return units() > Streaming.MOST_UNITS ? 0 : Streaming.least(units());
  }

  /** Turns that memory may have. */
  private int most() {
    return units() > Streaming.MOST_UNITS ? 0 : Streaming.most(units(), AHEAD);
  }

  private long bytes(int tiles, int streamed, long more) {
    long weights = (units() - held(streamed) - streamed) * unit();
    long chunk = (long) TILE * tiles;
    long rows = TILE * chunk * turns(lanes) * parts(lanes);
    long sums = (long) TILE * TILE * LANES + 2 * chunk * width;
    return Float.BYTES * (warps * (rows + sums) + weights + more);
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
