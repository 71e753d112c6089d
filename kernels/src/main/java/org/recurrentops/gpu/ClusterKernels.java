package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.recurrentops.RnnSpec;

/**
 * The loops over time in clusters of work-groups; only CUDA has them. Their parameters are those of
 * {@link PersistentKernels} without the mailbox; those that stay inside a cluster have no place
 * where a grid meets.
 */
public final class ClusterKernels {
  /** Counts the work-groups of a grid of clusters that live at once. */
  static final KernelId RESIDENT =
      KernelId.withLocal("residency_cluster", "resident_blocks_cluster", "int* words, long limit");

  private ClusterKernels() {}

  /** Those of a cell, whatever its options are; empty where there are none. */
  static Optional<PersistentKernels.Pair> of(RnnSpec spec) {
    return PersistentKernels.of(spec)
        .map(p -> new PersistentKernels.Pair(inCluster(p.forward()), inCluster(p.backward())));
  }

  /** Those of a cell in grids whose clusters divide the depth; empty where there are none. */
  static Optional<PersistentKernels.Pair> dividing(RnnSpec spec) {
    return PersistentKernels.of(spec)
        .map(p -> new PersistentKernels.Pair(dividing(p.forward()), dividing(p.backward())));
  }

  /**
   * All of them.
   *
   * @return the kernels
   */
  public static List<KernelId> all() {
    List<KernelId> all = new ArrayList<>(List.of(RESIDENT));
    for (KernelId flat : PersistentKernels.loops()) {
      all.addAll(List.of(inCluster(flat), dividing(flat)));
    }
    return List.copyOf(all);
  }

  private static KernelId dividing(KernelId flat) {
    return KernelId.withLocal(
        flat.file().replace("_persistent", "_2d"),
        flat.entry().replace("_persistent", "_2d"),
        text(flat.parameters().subList(0, flat.index("lanes")))
            + ", int* sync, int* errors, long limit");
  }

  private static String text(List<KernelId.Parameter> parameters) {
    return parameters.stream()
        .map(p -> p.type().text() + " " + p.name())
        .collect(Collectors.joining(", "));
  }

  private static KernelId inCluster(KernelId flat) {
    String shared = text(flat.parameters().subList(0, flat.index("lanes")));
    return KernelId.withLocal(
        flat.file().replace("_persistent", "_cluster"),
        flat.entry().replace("_persistent", "_cluster"),
        shared + ", int pushes, int* errors, long limit");
  }
}
