package org.recurrentops.gpu;

import java.util.function.Supplier;

/** Launches of a loop whose work-groups all live at once and meet. */
final class MeetingLaunches {
  /** The counter, the abort word and the verdict of a grid, see persistent_meeting.h. */
  static final int SYNC_WORDS = 3;

  private MeetingLaunches() {}

  /**
   * Launches; the words where the grid meets are cleared before each.
   *
   * @param bindings what the kernel is told, but for the grid and where it meets
   * @param cluster work-groups of a cluster, of which the grid has a multiple; 1 for none
   * @param errors where blocks that give up report
   * @param reverse whether forward walks from the last step to the first
   * @param budget multiply-adds of a block in one launch
   */
  static SequenceLaunches of(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      PersistentGrid grid,
      int cluster,
      Supplier<Address> errors,
      boolean reverse,
      double budget) {
    Address sync = memory.scratch(memory.lane().sync());
    LaunchArguments arguments =
        new Bindings(bindings)
            .put("share", grid.share())
            .put("tiles", grid.tiles())
            .put("sync", sync)
            .put("errors", errors.get())
            .put("limit", OnChip.LIMIT_NANOS)
            .arguments(list.device(), kernel, SequenceLaunches.edge(kernel), "count");
    if (cluster > 1) {
      arguments.cluster(cluster);
    }
    arguments.local(Math.toIntExact(grid.bytes()));
    WorkList clear = list.another();
    RowWork.fill(clear, Rows.dense(sync, 1, 1, SYNC_WORDS), 0);
    list.add(closing(clear));
    return new SequenceLaunches(
        arguments,
        memory,
        reverse,
        OnChip.stepsPerLaunch(budget, memory.spec, grid.share(), memory.batch),
        queue -> {
          clear.enqueue(queue, false);
          arguments.launchTogether(queue, grid.blocks(), grid.threads());
        });
  }

  /** Enqueues nothing where it stands; releases a list that another work enqueues. */
  private static Work closing(WorkList list) {
    return new Work() {
      @Override
      public void enqueue(DeviceQueue queue, boolean ragged) {}

      @Override
      public void close() {
        list.close();
      }
    };
  }
}
