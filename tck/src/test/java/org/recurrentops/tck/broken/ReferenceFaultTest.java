package org.recurrentops.tck.broken;

import org.recurrentops.tck.BrokenBackendConformance;
import org.recurrentops.tck.backend.ReferenceBackend;

/**
 * The kit fails for every fault that is put into the float64 reference; {@code
 * ReferenceConformanceTest} shows that it passes without one.
 */
class ReferenceFaultTest extends BrokenBackendConformance {
  ReferenceFaultTest() {
    super(new ReferenceBackend());
  }
}
