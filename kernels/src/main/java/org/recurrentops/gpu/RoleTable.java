package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.ParameterSlice.Kind;

/** What the loops of a launch work on, as rows of a table in the plan's memory. */
final class RoleTable {
  private static final int GROUP_SIZE = 32;

  private RoleTable() {}

  /**
   * Adds what fills the table.
   *
   * @param loops in the order in which they begin
   * @param kernels of the pass
   * @return what the launch of the loops asks for beside its grid
   */
  static Bindings fill(WorkList list, List<Loop> loops, RoleKernels kernels) {
    Address table = loops.get(0).memory().scratch(loops.get(0).memory().layout.roleTable);
    for (int role = 0; role < loops.size(); role++) {
      Bindings own = bindings(loops, role);
      own.put("role", role).put("roles", table);
      LaunchArguments arguments = own.arguments(list.device(), kernels.put());
      list.add(list.launch(arguments, 1, 1, GROUP_SIZE));
    }
    return new Bindings().put("roles", table).put("loops", loops.size());
  }

  /** With the mailbox of the loop, and of the one before if that gives it its input. */
  private static Bindings bindings(List<Loop> loops, int role) {
    Loop own = loops.get(role);
    Loop before = loops.get(Math.max(0, role - 1));
    CallMemory memory = own.memory();
    boolean stacked = own.layer() != before.layer();
    Bindings b =
        new Bindings(own.bindings())
            .put("weight", memory.weight(Kind.WEIGHT_HH, own.layer(), own.direction()))
            .put("has_input", stacked)
            .put("input_weight", memory.params)
            .put("mail", mail(own))
            .put("input", memory.kept);
    if (stacked) {
      int upper = Math.max(own.layer(), before.layer());
      b.put("input_weight", memory.weight(Kind.WEIGHT_IH, upper, own.direction()));
      b.put("input", mail(before));
    }
    return b;
  }

  private static Address mail(Loop loop) {
    return loop.memory().scratch(loop.memory().lane().mail());
  }
}
