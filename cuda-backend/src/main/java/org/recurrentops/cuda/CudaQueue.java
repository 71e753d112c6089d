package org.recurrentops.cuda;

import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureStatus;
import jcuda.driver.JCudaDriver;
import org.recurrentops.gpu.DeviceQueue;

/** A stream, owned or borrowed, with its staging buffers. */
final class CudaQueue implements DeviceQueue {
  private static final int SMALL_SLOT = 16 << 10;
  private static final int LARGE_SLOT = 1 << 20;

  private final CudaContext context;
  private final CUstream stream;
  private final boolean owned;
  private final String label;
  private final StagingRing small;
  private final StagingRing large;
  private final int[] status = new int[1];
  private CudaRecording recording;
  private volatile boolean closed;

  // what was launched last, for errors that come later; written by the thread that launches
  private Object latest = "nothing";
  private int latestGroupsX;
  private int latestGroupsY;
  private int latestGroupSize;

  CudaQueue(CudaContext context, CUstream stream, boolean owned, String label) {
    this.context = context;
    this.stream = stream;
    this.owned = owned;
    this.label = label;
    this.small = new StagingRing(context, SMALL_SLOT, 64);
    this.large = new StagingRing(context, LARGE_SLOT, 8);
  }

  /** The native stream, for calls that must not meet a closed one. */
  CUstream stream() {
    if (closed) {
      throw new IllegalStateException(label + ": expected an open queue, got a closed one");
    }
    return stream;
  }

  /** What is enqueued is recorded from now on, or runs again if null. */
  void record(CudaRecording to) {
    recording = to;
    if (to != null) {
      to.joined(this);
    }
  }

  /** What is being recorded; null if work runs. */
  CudaRecording recording() {
    return recording;
  }

  /** Says that work on this queue names a buffer; refuses freed memory. */
  void uses(CudaBuffer buffer) {
    buffer.requireLive();
    if (recording != null) {
      recording.uses(buffer);
    }
  }

  @Override
  public void count(AtomicLong launches) {
    if (recording != null) {
      recording.count(launches);
    } else {
      launches.incrementAndGet();
    }
  }

  /** Nobody else knows a stream of the library's own. */
  @Override
  public boolean isRecorded() {
    if (owned) {
      return recording != null;
    }
    CUstream live = stream();
    context.enter();
    try {
      synchronized (status) {
        int code = JCudaDriver.cuStreamIsCapturing(live, status);
        CudaError.check(code, "cuStreamIsCapturing", label);
        return status[0] != CUstreamCaptureStatus.CU_STREAM_CAPTURE_STATUS_NONE;
      }
    } finally {
      context.leave();
    }
  }

  String label() {
    return label;
  }

  /** Notes a kernel's name and sizes, or sizes of 0 and what else was enqueued. */
  void launched(Object what, int groupsX, int groupsY, int groupSize) {
    latest = what;
    latestGroupsX = groupsX;
    latestGroupsY = groupsY;
    latestGroupSize = groupSize;
  }

  /** This queue for errors of what it ran: they come when somebody waits for it. */
  String trail() {
    String sizes =
        latestGroupSize == 0
            ? ""
            : ", grid " + latestGroupsX + " x " + latestGroupsY + ", block " + latestGroupSize;
    return label + ", latest launch there: " + latest + sizes;
  }

  /** The staging buffers that fit; used under this queue's lock. */
  StagingRing staging(long bytes) {
    return bytes <= SMALL_SLOT ? small : large;
  }

  @Override
  public void synchronize() {
    CUstream live = stream();
    context.enter();
    try {
      int code = JCudaDriver.cuStreamSynchronize(live);
      if (code != CUresult.CUDA_SUCCESS) {
        throw CudaError.of(code, "cuStreamSynchronize", trail());
      }
    } finally {
      context.leave();
    }
  }

  @Override
  public Object record() {
    CUstream live = stream();
    context.enter();
    try {
      CUevent event = CudaEvent.create(context);
      CudaEvent token = CudaEvent.of(context, event);
      CudaError.check(JCudaDriver.cuEventRecord(event, live), "cuEventRecord", label);
      return token;
    } finally {
      context.leave();
    }
  }

  @Override
  public void waitFor(Object token) {
    CUstream live = stream();
    context.enter();
    try {
      CUevent event = ((CudaEvent) token).event();
      CudaError.check(JCudaDriver.cuStreamWaitEvent(live, event, 0), "cuStreamWaitEvent", label);
    } finally {
      context.leave();
    }
  }

  @Override
  public boolean isDone(Object token) {
    context.enter();
    try {
      return CudaEvent.isDone(((CudaEvent) token).event(), label);
    } finally {
      context.leave();
    }
  }

  /** After an error of the device the driver releases what is left with the context. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    context.ifOpen(
        () -> {
          JCudaDriver.cuStreamSynchronize(stream);
          small.close();
          large.close();
          if (owned) {
            JCudaDriver.cuStreamDestroy(stream);
          }
        });
  }
}
