package org.recurrentops.gpu;

import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;

/** A strategy: how the time loop of one layer and direction is run. */
interface Recurrence {
  /**
   * Adds the forward loop. W x is in {@code gates}, the initial states in their slots.
   *
   * @param list where to add
   * @param memory addresses of the call
   * @param bindings kernel parameters of this layer and direction, y included
   * @param layer layer index
   * @param direction direction index
   */
  void forward(WorkList list, CallMemory memory, Bindings bindings, int layer, int direction);

  /**
   * Adds the loop in reverse time. dh and dc hold the final states' gradients, and those of the
   * initial states afterwards.
   *
   * @param list where to add
   * @param memory addresses of the call
   * @param bindings kernel parameters of this layer and direction, dy and gradients included
   * @param layer layer index
   * @param direction direction index
   */
  void backward(WorkList list, CallMemory memory, Bindings bindings, int layer, int direction);

  /** Whether loops over some steps are as good as one over all. */
  boolean splits();

  /**
   * How the loop is run, for people.
   *
   * @param spec what is computed
   * @return half a line
   */
  String describe(RnnSpec spec);

  /** The same where it depends on the arithmetic of products. */
  default String describe(RnnSpec spec, MathMode mode) {
    return describe(spec);
  }
}
