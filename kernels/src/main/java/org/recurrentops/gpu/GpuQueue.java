package org.recurrentops.gpu;

import java.util.Arrays;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.DeviceBuffer;

/**
 * A queue of the host program: a device's queue with the word in which kernels report indices out
 * of range. The word is read where the host waits anyway, and only if such a kernel was enqueued.
 */
final class GpuQueue implements BackendQueue {
  private static final int INPUT_INDEX = 1;
  private static final int TABLE_INDEX = 2;

  /** REPORT_GAVE_UP of persistent_pieces.h. */
  private static final int GAVE_UP = 8;

  private final Device device;
  private final DeviceQueue queue;
  private final int[] report = new int[3];
  private DeviceBuffer errors;
  private GpuMath math;
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

  /** Says that a kernel that may report has been enqueued. */
  void arm() {
    armed = true;
  }

  /** Throws what kernels have reported so far; waits for them if there is anything to read. */
  synchronized void check() {
    if (!armed || errors == null) {
      return;
    }
    armed = false;
    device.download(queue, errors, 0, report, 0, report.length);
    if (report[0] != 0) {
      String message = message(report);
      clear();
      throw new DeviceException(message);
    }
  }

  private void clear() {
    Arrays.fill(report, 0);
    device.upload(queue, errors, 0, report, 0, report.length);
  }

  private static String message(int[] found) {
    if ((found[0] & GAVE_UP) != 0) {
      return "algorithm persistent or one-cluster: a work-group did not hear of another within "
          + PersistentRecurrence.LIMIT_NANOS / 1_000_000
          + " ms, so that all gave up; found by a kernel since the last synchronize, outputs of"
          + " that call are undefined. The device is usable: look for other programs that hold it,"
          + " or use algorithm stepped";
    }
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
