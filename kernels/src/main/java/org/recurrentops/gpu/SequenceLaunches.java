package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;

/**
 * The launches of a kernel that walks many steps of one direction: one, or several in order if the
 * sequence is very long. The kernel has a parameter {@code first} (forward) or {@code last}
 * (backward) and a parameter {@code count}.
 */
final class SequenceLaunches implements Work {
  private final LaunchArguments arguments;
  private final int edge;
  private final int count;
  private final boolean ascending;
  private final Span order;
  private final boolean reverse;
  private final int steps;
  private final Launch launch;
  private int stepsPerLaunch;
  private Stage[] stages = new Stage[0];

  /** How the kernel is launched with the arguments as they are. */
  interface Launch {
    /** Enqueues it. */
    void enqueue(DeviceQueue queue);
  }

  /**
   * Launches of a kernel.
   *
   * @param arguments its block, all set but the two that change
   * @param memory whose steps are walked
   * @param reverse whether forward walks from the last step to the first
   * @param stepsPerLaunch most steps of one launch
   * @param launch how
   */
  SequenceLaunches(
      LaunchArguments arguments,
      CallMemory memory,
      boolean reverse,
      int stepsPerLaunch,
      Launch launch) {
    this.arguments = arguments;
    this.reverse = reverse;
    steps = memory.steps;
    Span span = memory.span; // kernels count steps as forward takes them
    order = reverse ? new Span(steps - span.end(), span.count()) : span;
    this.stepsPerLaunch = stepsPerLaunch;
    this.launch = launch;
    String name = edge(arguments.kernel());
    edge = arguments.kernel().index(name);
    count = arguments.kernel().index("count");
    ascending = name.equals("first");
  }

  /** The parameter for the step where a launch begins. */
  static String edge(KernelId kernel) {
    Optional<KernelId.Parameter> first =
        kernel.parameters().stream().filter(p -> p.name().equals("first")).findAny();
    return first.isPresent() ? "first" : "last";
  }

  /** Has stages of their own run before each step, so that each step is a launch. */
  SequenceLaunches before(List<Stage> perStep) {
    stages = perStep.toArray(stages);
    stepsPerLaunch = stages.length > 0 ? 1 : stepsPerLaunch;
    return this;
  }

  @Override
  public void enqueue(DeviceQueue queue, boolean ragged) {
    for (int done = 0; done < order.count(); ) {
      int now = Math.min(stepsPerLaunch, order.count() - done);
      int at = order.step(done, !ascending);
      for (Stage stage : stages) {
        stage.enqueue(queue, reverse ? steps - 1 - at : at);
      }
      arguments.setInt(edge, at);
      arguments.setInt(count, now);
      launch.enqueue(queue);
      done += now;
    }
  }

  @Override
  public void close() {
    arguments.close();
    for (Stage stage : stages) {
      stage.close();
    }
  }
}
