package org.recurrentops.opencl;

import org.recurrentops.tck.BackendConformance;
import org.recurrentops.tck.ConformanceKit;
import org.recurrentops.tck.ExpectedRefusal;

/**
 * The conformance kit, whole unless {@code -Drecurrentops.opencl.kit=random} asks for its random
 * cases, none of which is refused: what the kernels do does not depend on the JDK, so {@code
 * .ci/run} runs the whole kit on one of its JDKs.
 */
class OpenClConformanceTest extends BackendConformance {
  private static final String KIT = "recurrentops.opencl.kit";

  OpenClConformanceTest() {
    super("opencl", refusals());
  }

  @Override
  protected ConformanceKit kit() {
    return isWhole() ? super.kit() : super.kit().only(c -> c.group().equals("random"));
  }

  private static ExpectedRefusal[] refusals() {
    return isWhole()
        ? new ExpectedRefusal[] {
          new ExpectedRefusal("fused", "layer normalisation"),
          new ExpectedRefusal("fused", "algorithm fused: zoneout")
        }
        : new ExpectedRefusal[0];
  }

  private static boolean isWhole() {
    String kit = System.getProperty(KIT, "whole");
    return switch (kit) {
      case "whole" -> true;
      case "random" -> false;
      default ->
          throw new IllegalArgumentException("-D" + KIT + ": expected whole or random, got " + kit);
    };
  }
}
