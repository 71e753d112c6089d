package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.recurrentops.CallAbandonedException;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.DeviceBuffer;

/**
 * A queue of the host program: a device's queue with the words in which kernels report indices out
 * of range, and grids that gave up. They are read where the host waits anyway, and only if such a
 * kernel was enqueued.
 */
final class GpuQueue implements BackendQueue {
  private static final int INPUT_INDEX = 1;
  private static final int TABLE_INDEX = 2;

  // as in persistent_pieces.h
  private static final int GAVE_UP = 8;
  private static final int INCOMPLETE = 16;
  private static final int BLOCKS = 3;

  private final Device device;
  private final DeviceQueue queue;
  private final int[] report = new int[BLOCKS + 2];
  private final List<Fallback> ran = new ArrayList<>();
  private DeviceBuffer errors;
  private GpuMath math;
  private boolean recorded;
  private volatile boolean armed;

  GpuQueue(Device device, DeviceQueue queue) {
    this.device = device;
    this.queue = queue;
  }

  DeviceQueue queue() {
    return queue;
  }

  /** The operations beside the recurrence on this queue. */
  synchronized GpuMath math() {
    if (math == null) {
      math = new GpuMath(device, this);
    }
    return math;
  }

  /** Where kernels on this queue report. */
  synchronized Address errors() {
    if (errors == null) {
      errors = device.allocate(DType.I32, report.length);
      clear();
    }
    return new Address(errors, 0);
  }

  /** Says that a kernel that may report has been, or will be, enqueued. */
  void arm() {
    armed = true;
  }

  /** The same of a kernel of a plan, which may have to change its algorithm. */
  void arm(Fallback plan) {
    synchronized (ran) {
      if (!ran.contains(plan)) {
        ran.add(plan);
      }
      recorded |= queue.isRecorded(); // and runs whenever its owner likes
    }
    armed = true;
  }

  /** Throws what kernels have reported so far; waits for them if there is anything to read. */
  synchronized void check() {
    if (!armed || errors == null) {
      return;
    }
    armed = recorded;
    device.download(queue, errors, 0, report, 0, report.length);
    if (report[0] == 0) {
      forgetPlans();
      return;
    }
    boolean abandoned = (report[0] & (GAVE_UP | INCOMPLETE)) != 0;
    String message = abandoned ? whyAbandoned(report) : message(report);
    clear();
    throw abandoned ? abandoned(message, forgetPlans()) : new DeviceException(message);
  }

  private List<Fallback> forgetPlans() {
    synchronized (ran) {
      List<Fallback> plans = ran.isEmpty() ? List.of() : List.copyOf(ran);
      ran.clear();
      return plans;
    }
  }

  private void clear() {
    Arrays.fill(report, 0);
    device.upload(queue, errors, 0, report, 0, report.length);
  }

  private static String whyAbandoned(int[] found) {
    String limit = " within " + OnChip.LIMIT_NANOS / 1_000_000 + " ms, so that all ";
    return (found[0] & INCOMPLETE) != 0
        ? found[BLOCKS]
            + " of "
            + found[BLOCKS + 1]
            + " work-groups were there"
            + limit
            + "left before they wrote anything"
        : "a work-group did not hear of another" + limit + "gave up";
  }

  private static DeviceException abandoned(String why, List<Fallback> plans) {
    plans.forEach(plan -> plan.take(why));
    String instead =
        plans.stream()
            .filter(Fallback::isTaken)
            .map(Fallback::instead)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    String names =
        plans.stream().map(Fallback::name).distinct().sorted().collect(Collectors.joining(", "));
    return new CallAbandonedException(
        "algorithm "
            + (names.isEmpty() ? "persistent or one-cluster" : names)
            + ": "
            + why
            + "; outputs of its calls since the last synchronize are undefined. The device is"
            + " usable: run these calls again"
            + (instead.isEmpty() ? "" : ", their plans use " + instead + " from now on")
            + "; look for other programs that hold the device, or use algorithm stepped");
  }

  private static String message(int[] found) {
    String what = "softmaxCrossEntropy: targets: expected classes below V=";
    if ((found[0] & INPUT_INDEX) != 0) {
      what = "x: expected indices 0 ≤ index < C=";
    } else if ((found[0] & TABLE_INDEX) != 0) {
      what = "embedding: indices: expected 0 ≤ index < V=";
    }
    return what
        + found[2]
        + ", got "
        + found[1]
        + "; found by a kernel since the last synchronize, outputs of that call are undefined."
        + " Check the indices on the host";
  }

  @Override
  public void synchronize() {
    queue.synchronize();
    check();
  }

  @Override
  public Object record() {
    return queue.record();
  }

  @Override
  public void waitFor(Object token) {
    queue.waitFor(token);
  }

  @Override
  public boolean isDone(Object token) {
    return queue.isDone(token);
  }

  @Override
  public void close() {
    release();
    queue.close();
  }

  /** Frees what the host program holds on the queue, which stays. */
  synchronized void release() {
    if (math != null) {
      math.close();
      math = null;
    }
    if (errors != null) {
      errors.free();
      errors = null;
    }
  }
}
