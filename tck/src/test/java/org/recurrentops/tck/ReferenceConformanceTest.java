package org.recurrentops.tck;

import org.recurrentops.Backends;
import org.recurrentops.RecurrentOps;
import org.recurrentops.tck.backend.ReferenceBackend;

/** The kit against the reference itself: every failure here is the kit's. */
class ReferenceConformanceTest extends BackendConformance {
  ReferenceConformanceTest() {
    super("reference");
  }

  @Override
  protected RecurrentOps open() {
    return Backends.open(new ReferenceBackend());
  }
}
