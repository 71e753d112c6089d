package org.recurrentops.cpu;

import java.util.concurrent.atomic.AtomicLong;
import org.recurrentops.Counters;

/**
 * A program whose workers look at the clock between phases. The mean of all workers is counted, so
 * that the phases of a call add up to its time.
 */
final class TimedProgram implements Program {
  private static final Phase[] PHASES = Phase.values(); // a copy in each call would be garbage

  private final Program program;
  private final PhaseClock[] clocks;
  private final AtomicLong[] sums = new AtomicLong[PHASES.length];

  /**
   * Times a program.
   *
   * @param threads most workers that it will have
   * @param counters which get nanoseconds
   * @param name of the call; that of the phase follows a full stop
   */
  TimedProgram(Program program, int threads, Counters counters, String name) {
    this.program = program;
    this.clocks = new PhaseClock[threads];
    for (int i = 0; i < threads; i++) {
      clocks[i] = new PhaseClock();
    }
    for (Phase phase : PHASES) {
      sums[phase.ordinal()] = counters.nanoseconds(name + "." + phase);
    }
  }

  @Override
  public void run(Worker w) {
    PhaseClock clock = clocks[w.number()];
    clock.start();
    w.clock(clock);
    try {
      program.run(w);
    } finally {
      w.clock(null);
    }
    clock.turn(Phase.COPIES);
    for (Phase phase : PHASES) {
      sums[phase.ordinal()].addAndGet(clock.nanos(phase) / w.workers());
    }
  }
}
