package org.recurrentops.cpu;

import java.util.Locale;

/** What a worker spends the time of a call on. */
enum Phase {
  /** Outputs, states, their gradients and dropout; what no other phase names. */
  COPIES,
  /** Weights into the order in which products read them. */
  PACKING,
  /** W·x of all steps. */
  PROJECTION,
  /** R·h of a step, and in backward its transpose. */
  RECURRENT_PRODUCTS,
  /** W·x and R·h of a step as one product, where that is how they are computed. */
  JOINED_PRODUCTS,
  /** What a cell does with each unit, and normalisation. */
  GATES,
  /** Sums over all steps that give the gradients of biases, peepholes and gains. */
  BIAS_GRADIENTS,
  /** Products over all steps that give the gradients of W and R. */
  WEIGHT_GRADIENTS,
  /** Products over all steps that give dx, or the gradient of the layer below. */
  INPUT_GRADIENTS,
  /** For other workers. */
  WAITING;

  /** As counters name it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
