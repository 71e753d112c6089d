package org.recurrentops;

import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendQueue;

/** Copies between host arrays and tensors: one transfer if dense, else one per dense row. */
final class Transfer {
  private Transfer() {}

  static void upload(ExecutionQueue q, Tensor t, DType type, Object values, int length) {
    check("upload", q, t, type, length);
    RecurrentOps ops = t.ops();
    BackendDevice device = ops.backendDevice();
    ops.call(
        () -> {
          BackendQueue queue = q.backend();
          int run = run(t);
          for (long done = 0, row = 0; done < length; done += run, row++) {
            device.upload(queue, t.buffer(), start(t, row), values, (int) done, run);
            ops.counters().countUpload((long) run * type.bytes());
          }
        },
        t);
  }

  static void download(ExecutionQueue q, Tensor t, DType type, Object values, int length) {
    check("download", q, t, type, length);
    RecurrentOps ops = t.ops();
    BackendDevice device = ops.backendDevice();
    ops.call(
        () -> {
          BackendQueue queue = q.backend();
          int run = run(t);
          for (long done = 0, row = 0; done < length; done += run, row++) {
            device.download(queue, t.buffer(), start(t, row), values, (int) done, run);
            ops.counters().countDownload((long) run * type.bytes());
          }
        },
        t);
  }

  private static int run(Tensor t) {
    if (t.isContiguous()) {
      return (int) t.shape().elements();
    }
    return t.stride(t.rank() - 1) == 1 ? (int) t.dim(-1) : 1;
  }

  private static long start(Tensor t, long row) {
    if (t.isContiguous()) {
      return t.offset();
    }
    int last = t.rank() - 1;
    if (t.stride(last) == 1) {
      return t.rowOffset(row);
    }
    return t.rowOffset(row / t.dim(last)) + row % t.dim(last) * t.stride(last);
  }

  private static void check(String call, ExecutionQueue queue, Tensor t, DType type, int length) {
    t.ops().requireOwn(call, queue);
    t.requireOpen(call);
    if (t.dtype() != type) {
      throw new IllegalArgumentException(
          call + ": expected an array for " + t.dtype() + ", got " + type + " values");
    }
    if (t.shape().elements() != length) {
      throw new IllegalArgumentException(
          call + ": expected " + t.shape().elements() + " values for " + t + ", got " + length);
    }
  }
}
