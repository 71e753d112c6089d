package org.recurrentops.examples.chars;

import java.util.Locale;
import org.recurrentops.MemoryEstimate;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.examples.CommandException;

/** Refuses sizes that cannot fit before anything is allocated. */
final class MemoryNeed {
  private static final String ADVICE = "lower --hidden, --layers, --batch or --window";
  private static final int F32 = 4;

  private MemoryNeed() {}

  /** Throws a usage error if a run of this configuration cannot fit on the device. */
  static void require(RecurrentOps ops, RnnSpec spec, CharsConfig config) {
    long need;
    try {
      need = bytes(ops, spec, config);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw CommandException.usage(
          "sizes: "
              + spec.label()
              + " with --window "
              + config.window()
              + " and --batch "
              + config.batch()
              + " overflow: "
              + e.getMessage()
              + "; "
              + ADVICE);
    }
    long free = available(ops);
    if (need > free) {
      throw CommandException.usage(
          String.format(
              Locale.ROOT,
              "memory: %s with --window %d and --batch %d needs about %.2f GiB, %.2f GiB are free"
                  + " on %s; %s%s",
              spec.label(),
              config.window(),
              config.batch(),
              need / (double) (1L << 30),
              free / (double) (1L << 30),
              ops.device().id(),
              ADVICE,
              onHeap(ops) ? ", or give more heap (java -Xmx…)" : ""));
    }
  }

  /** Parameters, gradient, two moments, plan, activations; and the copies a checkpoint takes. */
  private static long bytes(RecurrentOps ops, RnnSpec spec, CharsConfig config) {
    long parameters = CharModel.parameters(spec);
    long rows = Math.multiplyExact((long) config.window(), config.batch());
    intSized("parameters", parameters);
    intSized("window × batch × symbols", Math.multiplyExact(rows, spec.inputSize()));
    intSized("window × batch × hidden", Math.multiplyExact(rows, spec.outputSize()));
    MemoryEstimate training =
        ops.estimate(spec, PlanOptions.training(config.window(), config.batch()));
    MemoryEstimate inference =
        ops.estimate(spec, PlanOptions.inference(config.window(), config.batch()));
    long bytes = Math.multiplyExact(7L * F32, parameters);
    bytes = Math.addExact(bytes, training.workspaceBytes());
    bytes = Math.addExact(bytes, training.reserveBytes());
    bytes = Math.addExact(bytes, inference.workspaceBytes());
    long activations = 2L * F32 * rows * spec.inputSize() + 3L * F32 * rows * spec.outputSize();
    return Math.addExact(bytes, activations);
  }

  private static void intSized(String what, long elements) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          what + " = " + elements + " elements exceed an array's 2^31-1");
    }
  }

  private static boolean onHeap(RecurrentOps ops) {
    return ops.device().backend().equals("cpu");
  }

  private static long available(RecurrentOps ops) {
    long device = ops.device().memoryBytes();
    if (!onHeap(ops) && device > 0) {
      return device;
    }
    Runtime r = Runtime.getRuntime();
    return r.maxMemory() - (r.totalMemory() - r.freeMemory());
  }
}
