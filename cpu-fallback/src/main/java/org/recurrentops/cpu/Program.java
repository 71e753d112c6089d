package org.recurrentops.cpu;

/** What all workers do together, each its share, meeting at barriers. */
@FunctionalInterface
interface Program {
  /** Does one worker's share. */
  void run(Worker worker);
}
