package org.recurrentops.tck.broken;

import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.RunState;

/**
 * One run of a bound call as a fault sees it; exactly one of the two calls is there.
 *
 * @param spec what was asked for
 * @param layout its parameters
 * @param forward arguments, or null
 * @param backward arguments, or null
 * @param state lengths and random counters, a copy that may be changed
 * @param edits access to the tensors; what is lent is put back after the run
 */
record Run(
    RnnSpec spec,
    ParameterLayout layout,
    ForwardCall forward,
    BackwardCall backward,
    RunState state,
    Edits edits) {

  int steps() {
    return forward != null ? forward.steps() : backward.steps();
  }

  int batch() {
    return forward != null ? forward.batch() : backward.batch();
  }

  Tensor params() {
    return forward != null ? forward.params() : backward.params();
  }

  Tensor x() {
    return forward != null ? forward.x() : backward.x();
  }

  boolean isEmpty() {
    return steps() == 0 || batch() == 0;
  }

  /** Valid steps of each row, also where they came in device memory; masks do not count. */
  int[] lengths() {
    int[] lengths = new int[batch()];
    int[] given = state.lengths();
    if (given == null && forward != null && forward.deviceLengths() != null) {
      given = edits.ints(forward.deviceLengths());
    }
    for (int n = 0; n < lengths.length; n++) {
      lengths[n] = given == null ? steps() : Math.max(0, Math.min(steps(), given[n]));
    }
    return lengths;
  }
}
