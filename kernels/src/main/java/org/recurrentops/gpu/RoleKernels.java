package org.recurrentops.gpu;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.recurrentops.MathMode;

/**
 * The kernels of a pass where several loops share a launch, see {@link Roles}.
 *
 * @param put writes what one loop works on into a table
 * @param loops walks the loops of the table
 */
record RoleKernels(KernelId put, KernelId loops) {
  /** How a grid is divided, where its loops meet and report, and how long blocks wait. */
  private static final String GRID =
      ", int share, int tiles, int lanes, int slots, int* sync, int* errors, long limit";

  private static final String INPUT =
      ", float* mail, const float* input_weight, float* input, int has_input, int role, int* roles";

  /** How one on tensor cores is divided. */
  private static final String TENSOR_GRID =
      ", int share, int format, int slots, int* sync, int* errors, long limit";

  /** Those that do what a kernel of one loop in float32 does, in a mode. */
  static RoleKernels of(KernelId persistent, MathMode mode) {
    String edge = SequenceLaunches.edge(persistent);
    String parameters =
        persistent.parameters().stream()
            .map(p -> p.type().text() + " " + p.name())
            .collect(Collectors.joining(", "))
            .replace("int " + edge + ", int count, ", "")
            .replace(PersistentKernels.GRID, INPUT);
    KernelId put =
        KernelId.of(
            persistent.file().replace("_persistent", "_roles"),
            persistent.entry().replace("_persistent", "_role"),
            parameters);
    boolean tensor = mode != MathMode.FP32;
    String stacked = edge.equals("first") ? "" : ", int stacked";
    String loops =
        "int* roles, int loops"
            + stacked
            + ", int "
            + edge
            + ", int count"
            + (tensor ? TENSOR_GRID : GRID);
    String entry = persistent.entry().replace("_persistent", tensor ? "_tensor_roles" : "_roles");
    String file = persistent.file().replace("_persistent", tensor ? "_tensor" : "_roles");
    return new RoleKernels(put, KernelId.withLocal(file, entry, loops));
  }

  /** The same in clusters, see {@link ClusterRoles}. */
  static RoleKernels inClusters(KernelId persistent, MathMode mode) {
    String edge = SequenceLaunches.edge(persistent);
    boolean tensor = mode != MathMode.FP32;
    String suffix = tensor ? "_cluster_tensor" : "_cluster";
    String loops =
        "int* roles, int loops, int "
            + edge
            + ", int count, int share, int tiles, "
            + (tensor ? "int format, " : "")
            + "int pushes, int slots, int* sync, int* errors, long limit";
    String file = persistent.file().replace("_persistent", suffix);
    String entry = persistent.entry().replace("_persistent", suffix + "_roles");
    return new RoleKernels(of(persistent, mode).put(), KernelId.withLocal(file, entry, loops));
  }

  /** Of all cells and passes. */
  static List<KernelId> all() {
    return PersistentKernels.loops().stream()
        .flatMap(
            one -> {
              RoleKernels kernels = of(one, MathMode.FP32);
              return Stream.of(kernels.put(), kernels.loops(), of(one, MathMode.BF16).loops());
            })
        .toList();
  }
}
