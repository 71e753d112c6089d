package org.recurrentops.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.cpu.f64.DoublePlans;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.cpu.math.Gemm;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;

/** The processor the JVM runs on. */
final class CpuDevice implements BackendDevice {
  private static final String ONEDNN = "stepped/onednn";

  private final Counters counters;
  private final Map<String, CpuMath> forms = new LinkedHashMap<>();
  private final List<String> algorithms;
  private final CpuMath math;
  private final Workforce workforce;
  private final DoublePlans doubles;
  private final CpuQueue queue = new CpuQueue();
  private final DeviceInfo info;

  /**
   * Opens it.
   *
   * @param executor of all threads but the caller's, or null for own ones
   */
  CpuDevice(Counters counters, int threads, Executor executor) {
    this.counters = counters;
    List<CpuMath> all = CpuMath.forms();
    for (CpuMath form : all) {
      forms.put("stepped/" + form.kind(), form);
    }
    algorithms = List.copyOf(forms.keySet());
    math = all.get(0);
    forms.put(WITHOUT_PRODUCTS, math.withoutProducts());
    forms.put(TIMED, math);
    Gemm[] gemms = forms.values().stream().map(CpuMath::gemm).distinct().toArray(Gemm[]::new);
    workforce = new Workforce(threads, executor, gemms);
    doubles = new DoublePlans(threads, executor);
    info = CpuBackend.info(math, workforce.threads());
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public List<String> algorithms() {
    return algorithms;
  }

  @Override
  public List<String> measuringAlgorithms() {
    return List.of(WITHOUT_PRODUCTS, TIMED);
  }

  @Override
  public Optional<String> refusal(PlanRequest request) {
    PlanOptions o = request.options();
    if (o.mathMode() != MathMode.FP32) {
      return Optional.of(
          "mathMode " + o.mathMode() + ": the CPU backend computes in FP32 only; use FP32");
    }
    boolean wide = isWide(o);
    if (!wide && (o.ioType() != DType.F32 || o.parameterType() != DType.F32)) {
      return Optional.of(
          "ioType "
              + o.ioType()
              + ", parameterType "
              + o.parameterType()
              + ": the CPU backend computes in F32 or, throughout, in F64; use F32 or float64()");
    }
    Optional<String> foreign = wide ? doubles.refusal(o) : Tuning.refusal(o, algorithms);
    if (foreign.isPresent()) {
      return foreign;
    }
    try {
      estimate(request);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage()); // a property that says nonsense
    } catch (ArithmeticException e) {
      return Optional.of(
          "sizes: the memory for "
              + request.spec().label()
              + " with T="
              + o.maxSteps()
              + ", N="
              + o.maxBatch()
              + " overflows what can be addressed; lower T, N, C or H, or split the layers");
    }
  }

  /** Whether everything is float64. */
  private static boolean isWide(PlanOptions o) {
    return o.ioType() == DType.F64 && o.parameterType() == DType.F64;
  }

  private String algorithm(PlanRequest request) {
    boolean calls = forms.containsKey(ONEDNN) && PlanShape.fillsCalls(request);
    return Tuning.algorithm(request.options(), calls ? ONEDNN : algorithms.get(0));
  }

  private PlanShape shape(PlanRequest request) {
    return new PlanShape(request, forms.get(algorithm(request)), workforce.threads());
  }

  @Override
  public PlanMemory estimate(PlanRequest request) {
    if (isWide(request.options())) {
      return doubles.estimate(request);
    }
    PlanShape shape = shape(request);
    return new PlanLayout(shape, new Crew(shape, workforce)).memory;
  }

  @Override
  public BackendPlan plan(PlanRequest request, BackendQueue order) {
    return isWide(request.options())
        ? doubles.plan(request, counters)
        : new CpuPlan(shape(request), workforce, counters, algorithm(request));
  }

  @Override
  public BackendMath math(BackendQueue order) {
    return new CpuOperations(math, workforce);
  }

  @Override
  public DeviceBuffer allocate(DType dtype, long elements) {
    return ArrayBuffers.allocate(dtype, elements);
  }

  @Override
  public DeviceBuffer wrap(Object memory, DType dtype) {
    if (memory instanceof float[] && dtype == DType.F32
        || memory instanceof double[] && dtype == DType.F64
        || memory instanceof int[] && dtype == DType.I32) {
      return ArrayBuffers.wrap(memory, dtype);
    }
    if (memory instanceof FloatBuffer && dtype == DType.F32) {
      return DirectBuffers.wrap((FloatBuffer) memory);
    }
    if (memory instanceof IntBuffer && dtype == DType.I32) {
      return DirectBuffers.wrap((IntBuffer) memory);
    }
    throw new UnsupportedSpecException(
        "cpu: wrap: expected float[], double[], int[] or a direct FloatBuffer or IntBuffer, got "
            + memory.getClass().getSimpleName()
            + " for "
            + dtype);
  }

  @Override
  public void upload(
      BackendQueue order, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
    ((HostBuffer) dst).upload(dstOffset, src, srcOffset, count);
  }

  @Override
  public void download(
      BackendQueue order, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
    ((HostBuffer) src).download(srcOffset, dst, dstOffset, count);
  }

  @Override
  public BackendQueue defaultQueue() {
    return queue;
  }

  @Override
  public BackendQueue newQueue() {
    return new CpuQueue();
  }

  @Override
  public void close() {
    workforce.close();
    doubles.close();
  }
}
