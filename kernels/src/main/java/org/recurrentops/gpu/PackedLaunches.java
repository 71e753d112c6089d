package org.recurrentops.gpu;

import java.util.List;

/**
 * The launches of a whole-sequence kernel over rows that have not ended: one for each stretch of
 * steps that have the same rows, which lie there as those of a batch of that many rows and steps.
 */
final class PackedLaunches implements Work {
  private final Compaction compaction;
  private final Span span;
  private final PackedArguments arguments;
  private final boolean forward;
  private final boolean descending;
  private final int edge;
  private final int count;
  private final int steps;
  private final int tileRows;
  private final int groupSize;
  private final int mostSteps;
  private final Stage[] stages;

  /**
   * Launches of a kernel, one work-group per tile of rows.
   *
   * @param local bytes of local memory
   * @param mostSteps of one launch
   * @param perStep run before each step, so that each step is a launch; or none
   */
  PackedLaunches(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      int local,
      boolean reverse,
      int tileRows,
      int mostSteps,
      List<Stage> perStep) {
    this.compaction = memory.compaction;
    this.span = memory.span;
    this.tileRows = tileRows;
    this.mostSteps = perStep.isEmpty() ? mostSteps : 1;
    this.stages = perStep.toArray(new Stage[0]);
    String first = SequenceLaunches.edge(kernel);
    forward = first.equals("first");
    descending = forward == reverse;
    Bindings b = new Bindings(bindings).put(first, 0).put("count", 0).put("steps", 0);
    int hidden = memory.spec.hiddenSize();
    arguments = PackedStage.arguments(list, memory, b, kernel, hidden).local(local);
    edge = kernel.index(first);
    count = kernel.index("count");
    steps = kernel.index("steps");
    groupSize = list.sequenceGroupSize(hidden);
  }

  @Override
  public void enqueue(DeviceQueue queue, boolean ragged) {
    int done = 0;
    while (done < span.count()) {
      int t = span.step(done, descending);
      int next = done + 1;
      while (next < span.count()
          && next - done < mostSteps
          && compaction.active(span.step(next, descending)) == compaction.active(t)) {
        next++;
      }
      if (compaction.active(t) > 0) {
        int other = span.step(next - 1, descending);
        launch(queue, Math.min(t, other), next - done, compaction.active(t));
      }
      done = next;
    }
  }

  private void launch(DeviceQueue queue, int t, int some, int rows) {
    for (Stage stage : stages) {
      stage.enqueue(queue, t);
    }
    arguments.place(t, rows);
    arguments.block().setInt(edge, forward ? 0 : some - 1);
    arguments.block().setInt(count, some);
    arguments.block().setInt(steps, some);
    arguments.block().launch(queue, (rows + tileRows - 1) / tileRows, 1, groupSize);
  }

  @Override
  public void close() {
    arguments.close();
    for (Stage stage : stages) {
      stage.close();
    }
  }
}
