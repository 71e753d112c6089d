package org.recurrentops.cpu;

import java.util.concurrent.atomic.AtomicLong;
import org.recurrentops.Counters;
import org.recurrentops.spi.BackendDevice;

/** What a plan counts of its calls forward, or of those backward. */
final class CallCounts {
  private final Counters counters;
  private final String name;
  private final boolean timed;
  private final AtomicLong launches;

  /**
   * Counts calls of an algorithm.
   *
   * @param pass forward or backward
   */
  CallCounts(Counters counters, String algorithm, String pass) {
    this.counters = counters;
    this.name = algorithm + "." + pass;
    this.timed = algorithm.equals(BackendDevice.TIMED);
    this.launches = counters.launches(name);
  }

  /** What workers are to run instead of a call: itself, unless its phases are timed. */
  Program counted(Program call, int threads) {
    return timed ? new TimedProgram(call, threads, counters, name) : call;
  }

  /** For people. */
  String describe() {
    return timed ? "; phases are timed, see Counters.nanoseconds" : "";
  }

  /** Counts one call. */
  void launched() {
    launches.incrementAndGet();
  }
}
