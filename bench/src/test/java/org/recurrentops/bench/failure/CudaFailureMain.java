package org.recurrentops.bench.failure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.recurrentops.Backends;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.DeviceInfo;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.spi.ProbeResult;

/**
 * Fails on CUDA, in the way that is named, between training steps of the other backends; prints
 * which of those went on, or why one is not there.
 */
final class CudaFailureMain {
  private static final RnnSpec SPEC = RnnSpec.lstm(5, 7).build();
  private static final PlanOptions OPTIONS = PlanOptions.inference(6, 4);

  private CudaFailureMain() {}

  public static void main(String[] args) {
    List<RecurrentOps> others = new ArrayList<>();
    List<TrainingStep> steps = new ArrayList<>();
    for (String name : List.of("cpu", "opencl")) {
      ProbeResult found = Backends.report().find(name).result();
      if (!found.isAvailable()) {
        System.out.println(name + " unavailable: " + found.reason());
        continue;
      }
      RecurrentOps ops = Backends.open(name);
      others.add(ops);
      steps.add(new TrainingStep(ops, "lstm-t5n3c4h7"));
    }
    Set<String> before = devices();
    steps.forEach(TrainingStep::run);
    try (RecurrentOps cuda = Backends.open("cuda:0")) {
      fail(cuda, args[0]);
      steps.forEach(TrainingStep::run); // beside the failed device
    }
    steps.forEach(TrainingStep::run); // and after it is closed
    before.removeIf(id -> id.startsWith("cuda"));
    require(devices().containsAll(before), "devices " + before + ", got " + devices());
    steps.forEach(TrainingStep::close);
    for (RecurrentOps ops : others) {
      try (TrainingStep fresh = new TrainingStep(ops, "gru-t4n5c3h33")) {
        fresh.run();
      }
      long left = ops.counters().snapshot().liveBytes();
      require(left == 0, "no bytes left on " + ops.device().id() + ", got " + left);
      ops.close();
      System.out.println(ops.device().backend() + " goes on");
    }
  }

  private static Set<String> devices() {
    Set<String> ids = new TreeSet<>();
    for (DeviceInfo d : Backends.report().devices()) {
      ids.add(d.id());
    }
    return ids;
  }

  private static void fail(RecurrentOps cuda, String kind) {
    switch (kind) {
      case "errors that pass" -> {
        long before = cuda.counters().snapshot().liveBytes();
        outOfMemory(cuda);
        otherContext(cuda);
        unsupportedPrecision(cuda);
        long after = cuda.counters().snapshot().liveBytes();
        require(after == before, "nothing left allocated on cuda, got " + after + " bytes");
        try (TrainingStep step = new TrainingStep(cuda, "lstm-t5n3c4h7")) {
          step.run();
        }
      }
      case "illegal address" -> illegalAddress(cuda);
      case "destroyed context" -> {
        new HostFramework().resetDevice();
        sticky(() -> forward(cuda));
      }
      case "lost device" ->
          sticky(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  forward(cuda);
                }
              });
      default -> throw new IllegalArgumentException(kind);
    }
  }

  private static void outOfMemory(RecurrentOps cuda) {
    PlanOptions large = PlanOptions.training(512, 64);
    expect(
        OutOfDeviceMemoryException.class,
        () -> {
          try (RecurrentPlan plan = cuda.plan(RnnSpec.lstm(64, 128).build(), large)) {
            plan.newReserve();
          }
        });
  }

  private static void otherContext(RecurrentOps cuda) {
    HostFramework host = new HostFramework();
    long address = host.allocate(64);
    NativeMemory foreign = new NativeMemory(address, 64, host.context() + 8);
    expect(UnsupportedSpecException.class, () -> cuda.wrap(foreign, DType.F32, 16));
    cuda.wrap(new NativeMemory(address, 64, host.context()), DType.F32, 16).close();
    host.free(address);
  }

  private static void unsupportedPrecision(RecurrentOps cuda) {
    PlanOptions bfloat = OPTIONS.mathMode(MathMode.BF16);
    expect(UnsupportedSpecException.class, () -> cuda.plan(SPEC, bfloat));
  }

  private static void illegalAddress(RecurrentOps cuda) {
    HostFramework host = new HostFramework();
    long bytes = 6 * 4 * 5 * Float.BYTES;
    long address = host.allocate(bytes);
    Tensor x = cuda.wrap(new NativeMemory(address, bytes, 0), DType.F32, 6, 4, 5);
    host.free(address);
    sticky(() -> forward(cuda, x));
  }

  private static void forward(RecurrentOps cuda) {
    try (Tensor x = cuda.allocate(6, 4, 5)) {
      x.upload(new float[6 * 4 * 5]);
      forward(cuda, x);
    }
  }

  private static void forward(RecurrentOps cuda, Tensor x) {
    try (RecurrentPlan plan = cuda.plan(SPEC, OPTIONS);
        Tensor params = cuda.allocate(plan.parameterLayout().shape());
        Tensor y = cuda.allocate(6, 4, 7)) {
      plan.forward(ForwardArgs.of(params, x, y));
      cuda.synchronize();
    }
  }

  private static void sticky(Runnable work) {
    DeviceException e = expect(DeviceException.class, work);
    require(e.sticky(), "a sticky error, got " + e);
  }

  private static <E extends Exception> E expect(Class<E> type, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      if (type.isInstance(e)) {
        System.out.println(type.getSimpleName() + ": " + e.getMessage());
        return type.cast(e);
      }
      throw e;
    }
    throw new AssertionError("expected " + type.getSimpleName() + ", got no exception");
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected: " + what);
    }
  }
}
