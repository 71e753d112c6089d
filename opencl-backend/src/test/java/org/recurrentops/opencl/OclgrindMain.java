package org.recurrentops.opencl;

import java.util.List;
import java.util.regex.Pattern;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.recurrentops.Backends;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.tck.ConformanceKit;
import org.recurrentops.tck.ConformanceSession;
import org.recurrentops.tck.Outcome;
import org.recurrentops.tck.RefusedException;

/**
 * What runs under oclgrind, in a forked JVM: {@code kit} a few small cases of the conformance kit
 * with every algorithm, {@code gemm} odd matrix products, {@code broken} a kernel with a race, an
 * uninitialised value and a read outside its buffer.
 */
final class OclgrindMain {
  private static final String CELLS =
      "(vanilla-tanh|vanilla-relu|lstm|gru|gru-reset-before|lstm projected)";

  private static final Pattern SMALL =
      Pattern.compile(
          String.join(
              "|",
              "shapes/" + CELLS + " t5n3c1h1",
              "shapes/(lstm|gru) t7n1c13h7",
              "lengths/(vanilla-tanh|lstm|gru) CARRY BIDIRECTIONAL ragged",
              "lengths/(gru-reset-before|lstm projected) FREEZE_FILL REVERSE ragged",
              "lengths/lstm ZERO_STATE FORWARD ragged",
              "inputs/lstm indices bidirectional",
              "dropout/gru bidirectional ragged",
              "math-elementwise/.*\\[(3, 5, 2|4, 7)\\] (DENSE|STRIDED)",
              "math-loss/softmax t4n3v7 STRIDED",
              "math-loss/(SOFTMAX|SIGMOID|SQUARED) t4n3v7 .*weighted=true, mean=true.*",
              "math-linear/.* t4n3k7m5.*",
              "math-optimizer/(sgd|adam) 7 .*",
              "math-optimizer/clip.* 1"));

  private static final String BROKEN =
      "__kernel void broken(__global float *x, int n) {\n"
          + "  float never;\n"
          + "  x[get_global_id(0) / 2] = get_global_id(0);\n"
          + "  if (n > 8) never = 1.0f;\n"
          + "  x[2] = never + x[4096];\n"
          + "}\n";

  private OclgrindMain() {}

  public static void main(String[] args) {
    String device = new OpenClBackend().probe().devices().toString();
    System.out.println(device);
    if (!device.contains("Oclgrind")) {
      throw new IllegalStateException("expected oclgrind, got " + device);
    }
    switch (args[0]) {
      case "kit":
        kit();
        break;
      case "gemm":
        gemm();
        break;
      default:
        broken();
        break;
    }
  }

  private static void kit() {
    int ran = 0;
    ConformanceKit kit = ConformanceKit.standard().only(c -> SMALL.matcher(c.id()).matches());
    try (ConformanceSession session = kit.open(() -> Backends.open("opencl"), List.of())) {
      for (ConformanceSession.Item item : session.items()) {
        if (item.algorithm().equals("auto")) {
          continue; // it times the others, which would take long here
        }
        long start = System.nanoTime();
        Outcome outcome = session.run(item);
        boolean refused = outcome.failure() instanceof RefusedException;
        if (outcome.status() == Outcome.Status.FAILED && !refused) {
          throw new IllegalStateException(item + ": " + outcome.detail(), outcome.failure());
        }
        ran += outcome.status() == Outcome.Status.PASSED ? 1 : 0;
        System.out.printf(
            "%s %s %s %.1f s%n",
            refused ? "REFUSED" : outcome.status(),
            item.algorithm(),
            item.test().id(),
            (System.nanoTime() - start) / 1e9);
      }
    }
    System.out.println("ran " + ran);
  }

  private static void gemm() {
    OpenClDevice device = new OpenClBackend().openDevice("opencl:0:0", new Counters());
    int ran = 0;
    for (String form : List.of("vector", "tiled")) {
      for (int flags = 0; flags < 4; flags++) {
        boolean ta = (flags & 1) != 0;
        boolean tb = (flags & 2) != 0;
        GemmShape odd = GemmTrial.shape(ta, tb, 9, 21, 17, 3, ta == tb);
        new GemmTrial(device, odd, 1, flags).check(form);
        ran++;
      }
    }
    GemmShape twoTiles = GemmTrial.shape(false, true, 65, 3, 2, 0, false);
    new GemmTrial(device, twoTiles, 0, 9).check("tiled");
    new GemmTrial(device, GemmTrial.shape(false, false, 7, 17, 66, 0, true), 0, 9).check("vector");
    device.close();
    System.out.println("ran " + (ran + 2));
  }

  private static void broken() {
    OpenClDevice device = new OpenClBackend().openDevice("opencl:0:0", new Counters());
    cl_program program = ClContext.shared(TestDevice.first()).build("broken.cl", BROKEN);
    cl_kernel kernel = CL.clCreateKernel(program, "broken", null);
    cl_mem memory = ((OpenClBuffer) device.allocate(DType.F32, 64)).memory();
    CL.clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(memory));
    CL.clSetKernelArg(kernel, 1, Integer.BYTES, Pointer.to(new int[] {1}));
    OpenClQueue queue = (OpenClQueue) device.defaultQueue();
    Cl.enqueue(queue.handle(), kernel, new long[] {64, 1}, new long[] {16, 1});
    queue.synchronize();
    System.out.println("ran 1");
  }
}
