package org.recurrentops.tck.cases;

import java.util.Locale;
import org.recurrentops.tck.ConformanceFailure;

/** Exact expectations; what has a tolerance goes through {@link org.recurrentops.tck.Tolerance}. */
final class Expect {
  private Expect() {}

  static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new ConformanceFailure(otherwise);
    }
  }

  static void equal(String what, long expected, long got) {
    that(expected == got, what + ": expected " + expected + ", got " + got);
  }

  /** Equal to the bit; every NaN counts as the same. */
  static void sameBits(String what, float[] expected, float[] got, String where) {
    equal(what + ": length", expected.length, got.length);
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(got[i])) {
        throw new ConformanceFailure(
            what
                + ": expected bit-identical results, element "
                + i
                + " is "
                + expected[i]
                + " and then "
                + got[i]
                + "; "
                + where);
      }
    }
  }

  static void allNaN(String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      that(
          Float.isNaN(values[i]),
          what + ": expected nothing written, got " + values[i] + " at element " + i);
    }
  }

  /** Runs what must fail, and checks type and message. */
  static void refusal(
      String what, Class<? extends RuntimeException> type, Runnable call, String... parts) {
    RuntimeException got = null;
    try {
      call.run();
    } catch (RuntimeException e) {
      got = e;
    }
    that(got != null, what + ": expected " + type.getSimpleName() + ", got no exception");
    that(type.isInstance(got), what + ": expected " + type.getSimpleName() + ", got " + got);
    String message = String.valueOf(got.getMessage()).toLowerCase(Locale.ROOT);
    for (String part : parts) {
      that(
          message.contains(part.toLowerCase(Locale.ROOT)),
          what + ": expected a message that contains '" + part + "', got: " + got.getMessage());
    }
  }
}
