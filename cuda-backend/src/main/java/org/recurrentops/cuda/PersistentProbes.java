package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import org.recurrentops.cuda.Probe.Figure;
import org.recurrentops.cuda.Probe.Needs;

/**
 * The forward loop of an LSTM whose weights stay on the chip, in float32: once with a barrier of
 * the grid per step, once with mailboxes. Compared with a reference in double precision.
 */
final class PersistentProbes {
  private static final int NOT_YET = 0xFFFFFFFF;
  private static final int GATES = 4;

  /** Steps that are compared: an error of the exchange shows in the second one. */
  private static final int COMPARED = 4;

  private static final double TOLERANCE = 2e-5;

  private PersistentProbes() {}

  /** All of them. */
  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    for (boolean mailbox : new boolean[] {false, true}) {
      String exchange = mailbox ? "mailbox" : "barrier";
      for (int hidden : new int[] {256, 512, 768, 1024}) {
        all.add(
            new Probe(
                "persistent/lstm-" + exchange + "-" + hidden,
                Needs.TOGETHER,
                d -> new Layer(d, hidden, mailbox).figure()));
      }
      all.add(
          new Probe(
              "persistent/give-up-" + exchange,
              Needs.TOGETHER,
              d -> new Layer(d, 256, mailbox).giveUp()));
    }
    return all;
  }

  /** One shape on a device; on one that is not timed a small one of odd size. */
  private static final class Layer {
    private final ProbeDevice device;
    private final boolean mailbox;
    private final int steps;
    private final int rows;
    private final int hidden;
    private final int share;
    private final int blocks;
    private final int threads;
    private final int shared;
    private final float[] gates;
    private final float[] weight;
    private final CUdeviceptr deviceGates;
    private final CUdeviceptr deviceWeight;
    private final CUdeviceptr mail;
    private final CUdeviceptr counter;
    private final CUdeviceptr abort;

    Layer(ProbeDevice device, int wanted, boolean mailbox) {
      this.device = device;
      this.mailbox = mailbox;
      boolean timed = device.isTimed();
      steps = timed ? 256 : 5;
      rows = timed ? 16 : 3;
      hidden = timed ? wanted : 20 + wanted / 64;
      share = timed ? (hidden + device.multiprocessors() - 1) / device.multiprocessors() : 7;
      blocks = (hidden + share - 1) / share;
      threads = Math.max(timed ? 256 : 64, (share * rows + 31) / 32 * 32);
      shared =
          Float.BYTES * (GATES * share * hidden + rows * hidden + GATES * threads + share * rows);
      if (shared > device.sharedBytes() || threads > 1024) {
        throw new Probe.Unavailable(
            "a block would need "
                + shared
                + " bytes of shared memory and "
                + threads
                + " threads; the device has "
                + device.sharedBytes()
                + " and 1024");
      }
      SplittableRandom random = new SplittableRandom(42);
      gates = uniform(random, steps * rows * GATES * hidden, 1);
      weight = uniform(random, GATES * hidden * hidden, 1 / Math.sqrt(hidden));
      deviceGates = device.floats(gates);
      deviceWeight = device.floats(weight);
      mail = device.filled((long) (steps + 1) * rows * hidden, NOT_YET);
      counter = device.filled(1, 0);
      abort = device.filled(1, 0);
      reset();
    }

    private static float[] uniform(SplittableRandom random, int count, double bound) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
      return values;
    }

    private void reset() {
      device.fill(mail, (long) (steps + 1) * rows * hidden, NOT_YET);
      device.fill(mail, (long) rows * hidden, 0);
      device.fill(counter, 1, 0);
      device.fill(abort, 1, 0);
    }

    private void launch(int silent, long limit) {
      CUfunction kernel = device.kernel("persistent", "persistent_lstm");
      device.allowShared(kernel, shared);
      device.launchTogether(
          kernel,
          blocks,
          threads,
          shared,
          deviceGates,
          deviceWeight,
          mail,
          counter,
          abort,
          mailbox ? 1 : 0,
          silent,
          share,
          steps,
          rows,
          hidden,
          limit);
    }

    Figure figure() {
      double micros =
          ExchangeProbes.time(device, this::reset, () -> launch(-1, Probe.LIMIT), this::compare);
      String note =
          String.format(
              "T=%d N=%d H=%d, %d blocks of %d units, float32 from %d bytes of shared memory",
              steps, rows, hidden, blocks, share, shared);
      return new Figure(micros / steps, "µs per step", note);
    }

    /** One block leaves: the others must come back, with the abort word set. */
    Figure giveUp() {
      launch(blocks - 1, Probe.LIMIT / 4);
      Probe.expect("abort word", 1, device.read(abort, 1)[0]);
      reset();
      launch(-1, Probe.LIMIT);
      compare(); // the device still works
      return Figure.none();
    }

    private void compare() {
      Probe.expect("abort word", 0, device.read(abort, 1)[0]);
      int plane = rows * hidden;
      int[] words = device.read(mail, (steps + 1) * plane);
      double[] h = new double[plane];
      double[] c = new double[plane];
      for (int t = 0; t < Math.min(COMPARED, steps); t++) {
        h = step(t, h, c);
        for (int i = 0; i < plane; i++) {
          double got = Float.intBitsToFloat(words[(t + 1) * plane + i]);
          if (!(Math.abs(got - h[i]) <= TOLERANCE)) {
            throw new IllegalStateException(
                "h after step " + t + ", element " + i + ": expected " + h[i] + ", got " + got);
          }
        }
      }
      for (int i = 0; i < words.length; i++) {
        if (words[i] == NOT_YET) {
          throw new IllegalStateException("word " + i + " was never published");
        }
      }
    }

    /** Order of gates i, f, g, o. */
    private double[] step(int t, double[] before, double[] c) {
      double[] h = new double[before.length];
      for (int n = 0; n < rows; n++) {
        for (int j = 0; j < hidden; j++) {
          double[] a = new double[GATES];
          for (int g = 0; g < GATES; g++) {
            int row = g * hidden + j;
            a[g] = gates[(t * rows + n) * GATES * hidden + row];
            for (int k = 0; k < hidden; k++) {
              a[g] += weight[row * hidden + k] * before[n * hidden + k];
            }
          }
          int at = n * hidden + j;
          c[at] = sigmoid(a[1]) * c[at] + sigmoid(a[0]) * Math.tanh(a[2]);
          h[at] = sigmoid(a[3]) * Math.tanh(c[at]);
        }
      }
      return h;
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }
  }
}
