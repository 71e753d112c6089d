package org.recurrentops;

/** How parameter gradients are written. Gradients of inputs and states are always overwritten. */
public enum GradientMode {
  /** The gradient replaces what the tensor held, NaN included. */
  OVERWRITE,
  /** The gradient is added to what the tensor held. */
  ACCUMULATE
}
