package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import org.recurrentops.cuda.Probe.Figure;
import org.recurrentops.cuda.Probe.Needs;

/**
 * The forward loop of an LSTM in bfloat16 on tensor cores, R in registers, h by mailbox: what the
 * model says of the strategy {@code persistent flat} is held against it. Compared with a reference
 * in double precision that rounds h of each step.
 */
final class PersistentMmaProbes {
  private static final int ROWS = 16;
  private static final int GATES = 4;
  private static final int NOT_YET = 0xFFFFFFFF;

  /** Steps that are compared: an error of the exchange shows in the second one. */
  private static final int COMPARED = 4;

  /** Rounding to bfloat16 may go the other way: a unit of the last place of numbers below 1. */
  private static final double TOLERANCE = 1.0 / 256;

  private PersistentMmaProbes() {}

  /** All of them; a small one first, which the software device can hold. */
  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    all.add(probe(64, 2, 4, "", Needs.TOGETHER_80));
    all.add(probe(512, 8, 4, "0.66 as one cluster", Needs.CARD_TOGETHER));
    all.add(probe(768, 8, 6, "1.3", Needs.CARD_TOGETHER));
    all.add(probe(1024, 8, 8, "1.5", Needs.CARD_TOGETHER));
    return all;
  }

  private static Probe probe(int hidden, int warps, int share, String model, Needs needs) {
    return new Probe(
        "persistent/lstm-mma-" + hidden, needs, d -> new Layer(d, hidden, warps, share).run(model));
  }

  /** bfloat16, to nearest even. */
  static int bits(float x) {
    int bits = Float.floatToRawIntBits(x);
    return (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16;
  }

  private static float value(int bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  private static final class Layer {
    private final ProbeDevice device;
    private final int hidden;
    private final int warps;
    private final int blocks;
    private final int steps;
    private final float[] gates;
    private final int[] weight; // [4H,H], one bfloat16 each
    private final CUdeviceptr deviceGates;
    private final CUdeviceptr deviceWeight;
    private final CUdeviceptr mail;
    private final CUdeviceptr abort;

    Layer(ProbeDevice device, int hidden, int warps, int share) {
      this.device = device;
      this.hidden = hidden;
      this.warps = warps;
      blocks = hidden / share;
      if (device.isTimed() && blocks > device.multiprocessors()) {
        throw new Probe.Unavailable(
            "needs " + blocks + " multiprocessors, the device has " + device.multiprocessors());
      }
      steps = device.isTimed() ? 256 : COMPARED;
      SplittableRandom random = new SplittableRandom(42);
      gates = new float[steps * ROWS * GATES * hidden];
      for (int i = 0; i < gates.length; i++) {
        gates[i] = (float) (2 * random.nextDouble() - 1);
      }
      weight = new int[GATES * hidden * hidden];
      for (int i = 0; i < weight.length; i++) {
        weight[i] = bits((float) ((2 * random.nextDouble() - 1) / Math.sqrt(hidden)));
      }
      int[] words = new int[weight.length / 2];
      Arrays.setAll(words, i -> weight[2 * i] | weight[2 * i + 1] << 16);
      deviceGates = device.floats(gates);
      deviceWeight = device.words(words);
      mail = device.filled(words(steps + 1), NOT_YET);
      abort = device.filled(1, 0);
      reset();
    }

    private long words(int slots) {
      return (long) slots * ROWS * hidden / 2;
    }

    private void reset() {
      device.fill(mail, words(steps + 1), NOT_YET);
      device.fill(mail, words(1), 0);
    }

    Figure run(String model) {
      CUfunction kernel = device.kernel("persistent_mma", "persistent_mma_" + hidden);
      Runnable launch =
          () ->
              device.launchTogether(
                  kernel,
                  blocks,
                  32 * warps,
                  0,
                  deviceGates,
                  deviceWeight,
                  mail,
                  abort,
                  steps,
                  Probe.LIMIT);
      double micros = ExchangeProbes.time(device, this::reset, launch, this::compare);
      String note =
          String.format("T=%d N=%d H=%d bfloat16, %d blocks", steps, ROWS, hidden, blocks);
      return new Figure(
          micros / steps, "µs per step", note + (model.isEmpty() ? "" : "; model: " + model));
    }

    private void compare() {
      Probe.expect("abort word", 0, device.read(abort, 1)[0]);
      int plane = ROWS * hidden;
      int[] words = device.read(mail, Math.toIntExact(words(COMPARED + 1)));
      float[] before = new float[plane];
      double[] c = new double[plane];
      for (int t = 0; t < COMPARED; t++) {
        float[] h = new float[plane];
        for (int at = 0; at < plane; at++) {
          double expected = unit(t, at / hidden, at % hidden, before, c);
          int word = words[((t + 1) * plane + at) / 2];
          h[at] = value(at % 2 == 0 ? word & 0xFFFF : word >>> 16);
          if (!(Math.abs(h[at] - expected) <= TOLERANCE)) {
            throw new IllegalStateException(
                "h after step "
                    + t
                    + ", element "
                    + at
                    + ": expected "
                    + expected
                    + ", got "
                    + h[at]);
          }
        }
        before = h; // each step is judged by itself: it starts from what the device had
      }
    }

    /** One h in double precision; order of gates i, f, g, o. */
    private double unit(int t, int n, int j, float[] before, double[] c) {
      double[] a = new double[GATES];
      for (int g = 0; g < GATES; g++) {
        int row = g * hidden + j;
        a[g] = gates[(t * ROWS + n) * GATES * hidden + row];
        for (int k = 0; k < hidden; k++) {
          a[g] += (double) value(weight[row * hidden + k]) * before[n * hidden + k];
        }
      }
      int at = n * hidden + j;
      c[at] = sigmoid(a[1]) * c[at] + sigmoid(a[0]) * Math.tanh(a[2]);
      return sigmoid(a[3]) * Math.tanh(c[at]);
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }
  }
}
