package org.recurrentops.gpu;

import java.util.Locale;

/**
 * Weights of a grid of {@code persistent} that fit neither in registers nor in shared memory: each
 * block reads them from memory, which is L2 where it holds them, once for every tile of rows of a
 * step, see stream_pieces.h. Weights come in units, which all threads of a block use up together,
 * and ahead of their products, the first of a step before its words are there.
 *
 * @param held units of a thread in registers
 * @param plan bit i: unit i of those without a register, in the order of a step, is in memory
 * @param unit bytes of a unit, of a block
 * @param units all of them
 * @param ring bytes of shared memory by way of which they come; 0 where threads have registers for
 *     them
 */
record Streaming(int held, long plan, long unit, int units, long ring) {
  /**
   * System property: percent of the weights that are in memory at least, 0 where it is not set, so
   * that small layers can stream, too; or {@code never}.
   */
  static final String PROPERTY = "recurrentops.gpu.stream";

  /**
   * Percent that may be in memory unless more is asked for. With half of R on the chip a step of
   * one tile of rows reads half of what a product of the stepped loop does.
   */
  static final int MOST_PERCENT = 50;

  /** Elements of 16 bytes. */
  private static final int ALIGNMENT = 4;

  /** The most units that are ahead of their products at a time. */
  static final int MOST_AHEAD = 2;

  /** Bits of a plan. */
  static final int MOST_UNITS = Long.SIZE;

  /** What kernels are told of it. */
  static final String PARAMETERS = ", int held, long streamed, float* stream";

  /** Of grids that know nothing of it. */
  static final Streaming NONE = new Streaming(0, 0, 0, 0, 0);

  /** Units of so many that are in memory at least. */
  static int least(int units) {
    return (int) ceil((long) units * Math.max(0, percent()), 100);
  }

  /**
   * Units of so many that may be in memory.
   *
   * @param ahead beside them, because they are on the chip again when a step begins
   */
  static int most(int units, int ahead) {
    int most = Math.max(least(units), units * MOST_PERCENT / 100);
    return percent() < 0 || most == 0 ? 0 : Math.min(units, most + ahead);
  }

  /** For people who ask for some in memory where loops share a launch. */
  static String notAsShared(Roles roles) {
    return roles.isShared() && percent() > 0
        ? ", none in memory, since loops that share a launch have all of them there"
        : "";
  }

  private static int percent() {
    String text = System.getProperty(PROPERTY, "0").trim().toLowerCase(Locale.ROOT);
    if (text.equals("never")) {
      return -1;
    }
    if (!text.matches("\\d{1,2}|100")) {
      throw new IllegalArgumentException(
          "-D" + PROPERTY + "=" + text + ": expected percent, 0 to 100, or never");
    }
    return Integer.parseInt(text);
  }

  /** So many of all units without a register, evenly. */
  static long spread(int units, int streamed) {
    long plan = 0;
    for (int i = 0; i < units && streamed > 0; i++) {
      if ((long) (i + 1) * streamed / units > (long) i * streamed / units) {
        plan |= 1L << i;
      }
    }
    return plan;
  }

  /** Units in memory. */
  int streamed() {
    return Long.bitCount(plan);
  }

  /** Bytes that a block reads for a tile of rows. */
  long bytes() {
    return streamed() * unit;
  }

  /** Elements of memory for so many blocks, from the next 16 bytes on. */
  long words(int blocks) {
    return words(blocks, streamed());
  }

  /** The same where calls of fewer rows may have other divisions. */
  long mostWords(int blocks) {
    return words(blocks, Math.max(streamed(), most(units, MOST_AHEAD)));
  }

  private long words(int blocks, int some) {
    return plan == 0 ? 0 : Workspace.product(blocks, some, unit / Float.BYTES) + ALIGNMENT;
  }

  private static long ceil(long count, long by) {
    return (count + by - 1) / by;
  }
}
