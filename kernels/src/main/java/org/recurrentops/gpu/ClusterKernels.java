package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;

/**
 * The loops over time in clusters of work-groups; only CUDA has them. Their parameters are those of
 * {@link PersistentKernels}; those that stay inside a cluster have no mailbox and no place where a
 * grid meets.
 */
public final class ClusterKernels {
  /** Counts the work-groups of a grid of clusters that live at once. */
  static final KernelId RESIDENT =
      KernelId.withLocal("residency_cluster", "resident_blocks_cluster", "int* words, long limit");

  /** How a grid whose clusters divide the depth meets and reports, behind how it is divided. */
  private static final String MEETING =
      ", float* mail, int slots, int* sync, int* errors, long limit";

  /** Says how large the clusters of a launch are. */
  static final KernelId WIDTH =
      KernelId.withLocal("residency_cluster", "cluster_width", "int* words");

  private ClusterKernels() {}

  /** Those of a cell, whatever its options are; empty where there are none. */
  static Optional<PersistentKernels.Pair> of(RnnSpec spec, MathMode mode) {
    boolean tensor = mode != MathMode.FP32;
    return PersistentKernels.of(spec)
        .map(
            p ->
                new PersistentKernels.Pair(
                    inCluster(p.forward(), tensor), inCluster(p.backward(), tensor)));
  }

  /** Those of a cell in grids whose clusters divide the depth; empty where there are none. */
  static Optional<PersistentKernels.Pair> dividing(RnnSpec spec, MathMode mode) {
    boolean half = mode == MathMode.BF16 || mode == MathMode.FP16;
    boolean tensor = mode != MathMode.FP32;
    return PersistentKernels.of(spec)
        .map(
            p ->
                new PersistentKernels.Pair(
                    tensor ? tensor(p.forward(), half) : dividing(p.forward()),
                    tensor ? tensor(p.backward(), false) : dividing(p.backward())));
  }

  /**
   * All of them.
   *
   * @return the kernels
   */
  public static List<KernelId> all() {
    List<KernelId> all = new ArrayList<>(List.of(RESIDENT, WIDTH));
    for (KernelId flat : PersistentKernels.loops()) {
      all.addAll(List.of(inCluster(flat, false), inCluster(flat, true)));
      all.addAll(List.of(dividing(flat), tensor(flat, false)));
      all.add(RoleKernels.inClusters(flat, MathMode.FP32).loops());
      all.add(RoleKernels.inClusters(flat, MathMode.BF16).loops());
      if (SequenceLaunches.edge(flat).equals("first")) {
        all.add(tensor(flat, true));
      }
    }
    return List.copyOf(all);
  }

  private static KernelId dividing(KernelId flat) {
    return KernelId.withLocal(
        flat.file().replace("_persistent", "_2d"),
        flat.entry().replace("_persistent", "_2d"),
        text(flat.parameters().subList(0, flat.index("lanes"))) + ", int lanes" + MEETING);
  }

  /** On tensor cores; in clusters of half the size where {@code half}. */
  private static KernelId tensor(KernelId flat, boolean half) {
    return KernelId.withLocal(
        flat.file().replace("_persistent", "_2d_tensor"),
        flat.entry().replace("_persistent", half ? "_half_2d_tensor" : "_2d_tensor"),
        text(flat.parameters().subList(0, flat.index("lanes"))) + ", int format" + MEETING);
  }

  private static String text(List<KernelId.Parameter> parameters) {
    return parameters.stream()
        .map(p -> p.type().text() + " " + p.name())
        .collect(Collectors.joining(", "));
  }

  private static KernelId inCluster(KernelId flat, boolean tensor) {
    String shared = text(flat.parameters().subList(0, flat.index("lanes")));
    String suffix = tensor ? "_cluster_tensor" : "_cluster";
    return KernelId.withLocal(
        flat.file().replace("_persistent", suffix),
        flat.entry().replace("_persistent", suffix),
        shared + (tensor ? ", int format" : "") + ", int pushes, int* errors, long limit");
  }
}
