package org.recurrentops.gpu;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.recurrentops.RnnSpec;
import org.recurrentops.SpecOption;

/** Which options of a spec the kernels and the host program have. */
final class SpecSupport {
  private static final Set<SpecOption> HAVE =
      EnumSet.of(
          SpecOption.PROJECTION,
          SpecOption.MERGE,
          SpecOption.SKIP_INPUT,
          SpecOption.PEEPHOLES,
          SpecOption.COUPLED_INPUT_FORGET,
          SpecOption.CELL_CLIP,
          SpecOption.PRE_ACTIVATION_CLIP,
          SpecOption.ACTIVATIONS,
          SpecOption.INDEPENDENT,
          SpecOption.LAYER_NORM,
          SpecOption.ZONEOUT,
          SpecOption.DROP_CONNECT);

  private SpecSupport() {}

  /** Why no algorithm can run a spec, or empty. */
  static Optional<String> refusal(RnnSpec spec) {
    String missing =
        spec.options().stream()
            .filter(option -> !HAVE.contains(option))
            .map(SpecOption::label)
            .collect(Collectors.joining(", "));
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "cell options: the GPU kernels do not have: " + missing + "; use the cpu backend");
  }
}
