package org.recurrentops.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import org.recurrentops.Backends;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.Forward;
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

/**
 * What users of the library see when the device fails, by name; prints each message, and {@code ok}
 * at the end.
 */
final class BadInputMain {
  private static final RnnSpec SPEC = RnnSpec.lstm(5, 7).build();
  private static final PlanOptions OPTIONS = PlanOptions.inference(6, 4).algorithm("stepped/tiled");

  private BadInputMain() {}

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda:0")) {
      switch (args[0]) {
        case "memory" -> memory(ops);
        case "freed" -> freed(ops);
        case "reset" -> reset(ops, false);
        case "reset-bound" -> reset(ops, true);
        case "foreign" -> foreign(ops);
        case "lost" -> lost(ops);
        case "precision" -> precision(ops);
        case "absent" -> AbandonedMain.absent(ops);
        case "held" -> AbandonedMain.held(ops);
        case "clusters" -> AbandonedMain.clusters(ops);
        case "silent" -> AbandonedMain.silent(ops);
        case "held-once" -> AbandonedMain.heldOnce(ops, false);
        case "held-clusters" -> AbandonedMain.heldOnce(ops, true);
        default -> throw new IllegalArgumentException(args[0]);
      }
    }
    System.out.println("ok");
  }

  /** On a device of four megabytes: refused, nothing leaked, and a smaller plan still runs. */
  private static void memory(RecurrentOps ops) {
    long before = ops.counters().snapshot().liveBytes();
    PlanOptions large = PlanOptions.training(512, 64).algorithm("stepped/tiled");
    expect(
        OutOfDeviceMemoryException.class,
        () -> {
          try (RecurrentPlan plan = ops.plan(RnnSpec.lstm(64, 128).build(), large)) {
            plan.newReserve();
          }
        });
    try (Tensor most = ops.allocate(700, 1000)) {
      expect(OutOfDeviceMemoryException.class, () -> ops.allocate(most.shape()));
    }
    require(ops.counters().snapshot().liveBytes() == before, "nothing is left allocated");
    work(ops);
  }

  /** Memory of the caller's, wrapped, that he frees while it is used. */
  private static void freed(RecurrentOps ops) {
    CUdeviceptr pointer = new CUdeviceptr();
    inContext(() -> JCudaDriver.cuMemAlloc(pointer, 6 * 4 * 5 * Float.BYTES));
    RecurrentPlan plan = ops.plan(SPEC, OPTIONS);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    NativeMemory memory = new NativeMemory(NativePointers.get(pointer), 6 * 4 * 5 * Float.BYTES, 0);
    Tensor x = ops.wrap(memory, DType.F32, 6, 4, 5);
    Tensor y = ops.allocate(6, 4, 7);
    inContext(() -> JCudaDriver.cuMemFree(pointer));
    failsForGood(ops, () -> run(ops, plan, params, x, y));
  }

  /** A host framework that resets the device, before a call is bound or after. */
  private static void reset(RecurrentOps ops, boolean bound) {
    CUdevice device = new CUdevice();
    JCudaDriver.cuDeviceGet(device, 0);
    RecurrentPlan plan = ops.plan(SPEC, OPTIONS);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(6, 4, 5);
    Tensor y = ops.allocate(6, 4, 7);
    run(ops, plan, params, x, y);
    Forward forward = plan.bindForward(ForwardArgs.of(params, x, y), null);
    JCudaDriver.cuDevicePrimaryCtxReset(device);
    failsForGood(
        ops,
        () -> {
          if (bound) {
            forward.run();
          } else {
            run(ops, plan, params, x, y);
          }
        });
  }

  /**
   * Pointers that are not this context's, or point to less than is said; refused before any use.
   */
  private static void foreign(RecurrentOps ops) {
    long before = ops.counters().snapshot().liveBytes();
    CUdeviceptr pointer = new CUdeviceptr();
    int bytes = 60 * Float.BYTES;
    inContext(() -> JCudaDriver.cuMemAlloc(pointer, bytes));
    long address = NativePointers.get(pointer);
    long context = primaryContext();
    for (NativeMemory memory :
        new NativeMemory[] {
          new NativeMemory(address, bytes, context + 8), new NativeMemory(4096, bytes, 0)
        }) {
      expect(UnsupportedSpecException.class, () -> ops.wrap(memory, DType.F32, 60));
    }
    NativeMemory longer = new NativeMemory(address, 2 * bytes, context);
    expect(IllegalArgumentException.class, () -> ops.wrap(longer, DType.F32, 120));
    ops.wrap(new NativeMemory(address, bytes, context), DType.F32, 60).close();
    require(ops.counters().snapshot().liveBytes() == before, "nothing is left allocated");
    work(ops);
    inContext(() -> JCudaDriver.cuMemFree(pointer));
  }

  private static long primaryContext() {
    CUcontext context = new CUcontext();
    inContext(() -> JCudaDriver.cuCtxGetCurrent(context));
    return NativePointers.get(context);
  }

  /** A device that leaves its bus after some launches. */
  private static void lost(RecurrentOps ops) {
    failsForGood(
        ops,
        () -> {
          for (int i = 0; i < 1000; i++) {
            work(ops);
          }
        });
  }

  /** On a device before tensor cores knew bfloat16. */
  private static void precision(RecurrentOps ops) {
    long before = ops.counters().snapshot().liveBytes();
    for (MathMode mode : new MathMode[] {MathMode.BF16, MathMode.TF32}) {
      expect(UnsupportedSpecException.class, () -> ops.plan(SPEC, OPTIONS.mathMode(mode)));
    }
    require(ops.counters().snapshot().liveBytes() == before, "nothing is left allocated");
    work(ops);
  }

  /** A small call that is right. */
  static void work(RecurrentOps ops) {
    try (RecurrentPlan plan = ops.plan(SPEC, OPTIONS);
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(6, 4, 5);
        Tensor y = ops.allocate(6, 4, 7)) {
      params.upload(new float[(int) plan.parameterLayout().elements()]);
      x.upload(new float[6 * 4 * 5]);
      run(ops, plan, params, x, y);
      for (float v : y.toFloats()) {
        require(v == 0, "an lstm of zeros stays at zero, got " + v);
      }
    }
  }

  private static void run(RecurrentOps ops, RecurrentPlan plan, Tensor params, Tensor x, Tensor y) {
    plan.forward(ForwardArgs.of(params, x, y));
    ops.synchronize();
  }

  /** The first error is rethrown by every later call; another device is not concerned by it. */
  private static void failsForGood(RecurrentOps ops, Runnable work) {
    DeviceException first = expect(DeviceException.class, work);
    require(first.sticky(), "a sticky error");
    for (Runnable later :
        new Runnable[] {() -> ops.allocate(3), ops::synchronize, () -> ops.plan(SPEC, OPTIONS)}) {
      DeviceException next = expect(DeviceException.class, later);
      require(next.getMessage().equals(first.getMessage()), "the first error, got " + next);
    }
    ops.close();
    ops.close();
  }

  private static void inContext(Runnable body) {
    CUdevice device = new CUdevice();
    CUcontext context = new CUcontext();
    JCudaDriver.cuDeviceGet(device, 0);
    JCudaDriver.cuDevicePrimaryCtxRetain(context, device);
    JCudaDriver.cuCtxPushCurrent(context);
    body.run();
    JCudaDriver.cuCtxPopCurrent(context);
    JCudaDriver.cuDevicePrimaryCtxRelease(device);
  }

  static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected: " + what);
    }
  }

  static <E extends Exception> E expect(Class<E> type, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      if (type.isInstance(e)) {
        System.out.println(e.getMessage());
        return type.cast(e);
      }
      throw e;
    }
    throw new AssertionError("expected " + type.getSimpleName() + ", got no exception");
  }
}
