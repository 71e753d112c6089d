package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

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

  /** Which loops may share a launch. */
  default Roles roles() {
    return Roles.APART;
  }

  /**
   * Adds the loops of layers or directions that share a launch. What the first layer gets is there:
   * forward W x, in its gates, and in reverse time dy.
   *
   * @param list where to add
   * @param loops forward the lowest layer first, in reverse time the highest
   */
  default void together(WorkList list, List<Loop> loops, boolean forward) {
    throw new UnsupportedOperationException("loops in one launch");
  }

  /**
   * Work-groups of a cluster that has a whole layer.
   *
   * @return 0 where there is none
   */
  default int clusterSize() {
    return 0;
  }

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

  /** The same where it depends on the sizes of a plan, too. */
  default String describe(PlanRequest request) {
    return describe(request.spec(), request.options().mathMode());
  }
}
