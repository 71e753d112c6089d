package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.recurrentops.RnnSpec;

/**
 * The loops over time that stay inside a cluster of work-groups; only CUDA has them. Their
 * parameters are those of {@link PersistentKernels} without the mailbox and the place where a grid
 * meets.
 */
public final class ClusterKernels {
  private ClusterKernels() {}

  /** Those of a cell, whatever its options are; empty where there are none. */
  static Optional<PersistentKernels.Pair> of(RnnSpec spec) {
    return PersistentKernels.of(spec)
        .map(p -> new PersistentKernels.Pair(inCluster(p.forward()), inCluster(p.backward())));
  }

  /**
   * All of them.
   *
   * @return the kernels
   */
  public static List<KernelId> all() {
    return PersistentKernels.loops().stream().map(ClusterKernels::inCluster).toList();
  }

  private static KernelId inCluster(KernelId flat) {
    String shared =
        flat.parameters().subList(0, flat.index("lanes")).stream()
            .map(p -> p.type().text() + " " + p.name())
            .collect(Collectors.joining(", "));
    return KernelId.withLocal(
        flat.file().replace("_persistent", "_cluster"),
        flat.entry().replace("_persistent", "_cluster"),
        shared + ", int pushes, int* errors, long limit");
  }
}
