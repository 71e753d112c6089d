package org.recurrentops.gpu;

/** When a device records the calls of a plan that asks for graphs. */
public enum Recording {
  /** Never; algorithms that need it are not offered. */
  NEVER,

  /**
   * At the second run of the same work: a call that runs once is not worth it. What cannot be
   * recorded runs step by step.
   */
  SECOND_RUN,

  /** At the first run, and what cannot be recorded is an error: for tests. */
  ALWAYS
}
