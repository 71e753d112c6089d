package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.ProbeResult;

/**
 * A device that computes nothing and counts everything: what the host program enqueues, allocates
 * and forgets to close. Every buffer and argument block knows whether it is live.
 */
final class FakeDevice implements Device, DeviceQueue {
  private final Counters counters;
  private final long localBytes;
  int gemms;
  int launches;

  /** Of all products that ran. */
  long multiplyAdds;

  /** Of all kernels that ran, whole work-groups, by entry point. */
  final Map<String, Long> items = new TreeMap<>();

  int synchronisations;
  int allocations;
  int openBlocks;
  int liveBuffers;
  boolean recording;
  boolean countsItems;

  /** Whether it has more than one queue. */
  boolean overlaps;

  /** Whether it launches all work-groups at once. */
  boolean together;

  /** What it says to such launches; null if they go well. */
  DeviceException refusesTogether;

  /** What it has of clusters; null for nothing. */
  Clusters clusters;

  int largestCluster = 16;

  /** Steps of a chunk where layers overlap. */
  int waveChunk;

  /** Scratch of the products of the first form. */
  long scratchBytes;

  /** Where products have their scratch, by queue: the first element. */
  final Map<String, Long> scratch = new TreeMap<>();

  /** What that lies in. */
  final Set<DeviceBuffer> scratchMemory = new HashSet<>();

  /** What the next download of ints brings. */
  int[] report = new int[0];

  int sideQueues;
  int openSideQueues;
  int openMarkers;

  /** Launches that go well before one fails; negative for all. */
  int launchesUntilFailure = -1;

  final List<String> enqueued = new ArrayList<>();

  FakeDevice(Counters counters, long localBytes) {
    this.counters = counters;
    this.localBytes = localBytes;
  }

  /** A backend of one such device. */
  static final class Provider implements Backend {
    private final long localBytes;
    private final ProvedAlgorithms proved;
    FakeDevice device;

    Provider(long localBytes) {
      this(localBytes, ProvedAlgorithms.packaged());
    }

    Provider(long localBytes, ProvedAlgorithms proved) {
      this.localBytes = localBytes;
      this.proved = proved;
    }

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public ProbeResult probe() {
      return ProbeResult.available(List.of(INFO));
    }

    @Override
    public BackendDevice open(String deviceId, Counters counters) {
      device = new FakeDevice(counters, localBytes);
      return new GpuBackendDevice(device, proved);
    }
  }

  private static final DeviceInfo INFO =
      new DeviceInfo("fake:0", "fake", DeviceKind.SOFTWARE, "fake", 0, "computes nothing");

  @Override
  public DeviceInfo info() {
    return INFO;
  }

  @Override
  public String architecture() {
    return "9.9";
  }

  @Override
  public DeviceLimits limits() {
    return new DeviceLimits(4, 256, localBytes, false, 0, 64);
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public List<String> gemmForms() {
    return List.of("first", "second");
  }

  @Override
  public DeviceBuffer allocate(DType dtype, long elements) {
    allocations++;
    liveBuffers++;
    return new DeviceBuffer() {
      @Override
      public DType dtype() {
        return dtype;
      }

      @Override
      public long elements() {
        return elements;
      }

      @Override
      public Object memoryIdentity() {
        return this;
      }

      @Override
      public long baseAddress() {
        return 0;
      }

      @Override
      public void free() {
        liveBuffers--;
      }
    };
  }

  @Override
  public DeviceBuffer wrap(NativeMemory memory, DType dtype) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void upload(
      DeviceQueue queue, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {}

  @Override
  public void download(
      DeviceQueue queue, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
    if (dst instanceof int[]) {
      System.arraycopy(report, 0, dst, dstOffset, Math.min(count, report.length));
      report = new int[0];
    }
  }

  @Override
  public DeviceQueue defaultQueue() {
    return this;
  }

  @Override
  public DeviceQueue newQueue() {
    if (!overlaps) {
      return this;
    }
    openSideQueues++;
    return new SideQueue("side" + ++sideQueues);
  }

  @Override
  public boolean overlaps() {
    return overlaps;
  }

  @Override
  public boolean launchesTogether() {
    return together;
  }

  @Override
  public Optional<Clusters> clusters() {
    return Optional.ofNullable(clusters);
  }

  @Override
  public int waveChunk() {
    return waveChunk;
  }

  @Override
  public Marker newMarker() {
    openMarkers++;
    return new Marker() {
      private String at;

      @Override
      public void set(DeviceQueue queue) {
        at = nameOf(queue);
      }

      @Override
      public void await(DeviceQueue queue) {
        if (recording) {
          note(nameOf(queue) + " waits for " + at);
        }
      }

      @Override
      public void close() {
        openMarkers--;
      }
    };
  }

  String nameOf(DeviceQueue queue) {
    return queue == this ? "main" : ((SideQueue) queue).name;
  }

  /** A queue that runs at the same time as others. */
  private final class SideQueue implements DeviceQueue {
    private final String name;

    SideQueue(String name) {
      this.name = name;
    }

    @Override
    public void synchronize() {
      synchronisations++;
    }

    @Override
    public Object record() {
      return this;
    }

    @Override
    public void waitFor(Object token) {}

    @Override
    public boolean isDone(Object token) {
      return true;
    }

    @Override
    public void close() {
      openSideQueues--;
    }
  }

  @Override
  public DeviceQueue wrapQueue(NativeQueue queue) {
    return this;
  }

  @Override
  public void synchronize() {
    synchronisations++;
  }

  @Override
  public Object record() {
    return this;
  }

  @Override
  public void waitFor(Object token) {}

  @Override
  public boolean isDone(Object token) {
    return true;
  }

  @Override
  public void close() {}

  private void note(String what) {
    if (recording) {
      enqueued.add(what);
    }
  }

  @Override
  public LaunchArguments prepare(KernelId kernel) {
    openBlocks++;
    return new LaunchArguments(kernel, counters) {
      private boolean local = !kernel.usesLocal();
      private final long[] values = new long[kernel.arguments()];

      @Override
      protected void bufferArgument(int position, DeviceBuffer buffer) {}

      @Override
      protected void intArgument(int position, int value) {
        values[position] = value;
      }

      @Override
      protected void longArgument(int position, long value) {
        values[position] = value;
      }

      @Override
      protected void floatArgument(int position, float value) {}

      @Override
      protected void localArgument(int bytes) {
        local = true;
      }

      @Override
      protected void clusterArgument(int size) {
        if (size > largestCluster) {
          throw new DeviceException("no clusters of " + size + " here");
        }
      }

      @Override
      protected void enqueue(DeviceQueue queue, int groupsX, int groupsY, int groupSize) {
        if (!local || groupsX < 1 || groupsY < 1 || groupSize < 1) {
          throw new IllegalStateException(kernel.entry() + ": bad launch");
        }
        if (launchesUntilFailure == 0) {
          throw new IllegalStateException("planted failure");
        }
        launchesUntilFailure--;
        launches++;
        if (countsItems) {
          items.merge(kernel.entry(), (long) groupsX * groupsY * groupSize, Long::sum);
        }
        if (recording) {
          note((queue == FakeDevice.this ? "" : nameOf(queue) + " ") + kernel.entry() + step());
        }
      }

      @Override
      protected void enqueueTogether(DeviceQueue queue, int groups, int groupSize) {
        if (refusesTogether != null) {
          throw refusesTogether;
        }
        if (groups > limits().computeUnits()) {
          throw new IllegalStateException(kernel.entry() + ": the grid does not fit");
        }
        enqueue(queue, groups, 1, groupSize);
      }

      private String step() {
        for (KernelId.Parameter p : kernel.parameters()) {
          if (p.name().equals("t") || p.name().equals("count")) {
            return "@" + values[p.position()];
          }
        }
        return "";
      }

      @Override
      public void close() {
        openBlocks--;
      }
    };
  }

  @Override
  public Set<MathMode> mathModes() {
    return Set.of(MathMode.FP32, MathMode.BF16);
  }

  @Override
  public Products products(String form, MathMode mode) {
    return new FakeProducts(this, form, OperandFormat.roundedTo(mode));
  }

  @Override
  public long productScratchBytes(String form) {
    return form.equals("first") ? scratchBytes : 0;
  }

  Gemm gemm(GemmShape shape) {
    openBlocks++;
    return new Gemm() {
      private int rows = shape.m();
      private int depth = shape.k();

      @Override
      public void resize(int m, int k) {
        if (m < 1 || m > shape.m() || k < 1 || k > shape.k()) {
          throw new IllegalArgumentException("m=" + m + " k=" + k + " of " + shape);
        }
        rows = m;
        depth = k;
      }

      @Override
      public void a(DeviceBuffer buffer, long offset) {}

      @Override
      public void b(DeviceBuffer buffer, long offset) {}

      @Override
      public void c(DeviceBuffer buffer, long offset) {}

      @Override
      public void run(DeviceQueue queue) {
        gemms++;
        multiplyAdds += (long) rows * depth * shape.n();
        if (recording) {
          note(queue == FakeDevice.this ? "gemm" : nameOf(queue) + " gemm");
        }
      }

      @Override
      public void close() {
        openBlocks--;
      }
    };
  }
}
