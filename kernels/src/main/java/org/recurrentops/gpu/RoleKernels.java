package org.recurrentops.gpu;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** Those that do what a kernel of one loop does. */
  static RoleKernels of(KernelId persistent) {
    String file = persistent.file().replace("_persistent", "_roles");
    String edge = SequenceLaunches.edge(persistent);
    String parameters =
        persistent.parameters().stream()
            .map(p -> p.type().text() + " " + p.name())
            .collect(Collectors.joining(", "))
            .replace("int " + edge + ", int count, ", "")
            .replace(PersistentKernels.GRID, INPUT);
    String entry = persistent.entry().replace("_persistent", "_role");
    String stacked = edge.equals("first") ? "" : ", int stacked";
    String loop = "int* roles, int loops" + stacked + ", int " + edge + ", int count" + GRID;
    return new RoleKernels(
        KernelId.of(file, entry, parameters), KernelId.withLocal(file, entry + "s", loop));
  }

  /** Of all cells and passes. */
  static List<KernelId> all() {
    return PersistentKernels.loops().stream()
        .map(RoleKernels::of)
        .flatMap(kernels -> Stream.of(kernels.put(), kernels.loops()))
        .toList();
  }
}
