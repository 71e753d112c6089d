package org.recurrentops.tck.broken;

import java.util.List;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanRequest;

/**
 * Where a fault can act on the calls of a right backend. Every method leaves things as they are;
 * one object serves one opened device.
 */
class Tampering {
  /** What the device says it can run. */
  List<String> algorithms(List<String> right) {
    return right;
  }

  /** What the right backend is asked instead. */
  PlanRequest request(PlanRequest asked, List<String> rightAlgorithms) {
    return asked;
  }

  /** What a plan says that it runs. */
  String algorithm(PlanRequest asked, String right) {
    return right;
  }

  ForwardCall bindForward(ForwardCall call, RnnSpec spec) {
    return call;
  }

  BackwardCall bindBackward(BackwardCall call, RnnSpec spec) {
    return call;
  }

  /** Whether the right backend is not called at all. */
  boolean skips(Run run) {
    return false;
  }

  void before(Run run) {}

  void after(Run run) {}

  /** Before the parameters are packed. */
  void beforePack(Tensor params, RnnSpec spec, Edits edits) {}

  /** After they are packed. */
  void afterPack(Tensor params, Tensor packed, Edits edits) {}

  /** After a plan has been closed. */
  void planClosed() {}

  BackendMath math(BackendMath right, Edits edits) {
    return right;
  }
}
