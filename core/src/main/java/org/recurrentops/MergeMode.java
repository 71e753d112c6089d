package org.recurrentops;

/**
 * How the outputs f and r of the two directions of a bidirectional layer become its output, at
 * every step and in every layer. States stay apart: hN and cN hold both directions in any mode.
 */
public enum MergeMode {
  /** f, then r: D·H features. */
  CONCAT,
  /** f + r. */
  SUM,
  /** (f + r) / 2. */
  AVERAGE,
  /** f∘r. */
  MULTIPLY
}
