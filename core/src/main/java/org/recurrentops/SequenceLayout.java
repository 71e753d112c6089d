package org.recurrentops;

/**
 * Order of the first two axes of sequence tensors handed to a plan. States are always [L·D,N,·].
 */
public enum SequenceLayout {
  /** x [T,N,C], y [T,N,D·H], indices [T,N]. */
  TIME_MAJOR,
  /** x [N,T,C], y [N,T,D·H], indices [N,T]. */
  BATCH_MAJOR
}
