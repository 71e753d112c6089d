package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.CellType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Inference where the rows of different workers lie apart: no bit depends on it. */
class RowGapsTest {
  private static final int T = 6;
  private static final int C = 33;
  private static final int H = 33;

  /**
   * One call.
   *
   * @param batch its rows
   * @param room those that the plan is made for
   * @param ragged whether some end before others
   * @param input how x comes
   */
  private record Call(int batch, int room, boolean ragged, Input input) {}

  private enum Input {
    ROWS,
    /** Rows that lie [N,T], so that chunks of them are copied. */
    COPIED,
    INDEX
  }

  /**
   * All cells and, since x comes without weights there, one whose input is as wide as its state.
   */
  private static Stream<RnnSpec> specs() {
    return Stream.concat(
        PlanSpecs.all(C, H).stream(), Stream.of(RnnSpec.lstm(H, H).skipInput().build()));
  }

  /** Rows that fill tiles of all workers, of some, of none; 3 of 7 workers have one row more. */
  private static List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (int batch : new int[] {40, 31, 23, 8, 5}) {
      for (Input input : Input.values()) {
        calls.add(new Call(batch, batch, false, input));
        calls.add(new Call(batch, batch, true, input));
        calls.add(new Call(batch, 70, false, input));
      }
    }
    return calls;
  }

  @Test
  void workersHaveTheSameBits() {
    specs()
        .forEach(
            spec -> {
              for (Call call : calls()) {
                if (call.input() == Input.INDEX && spec.skipsInput(0)) {
                  continue; // an index has no units
                }
                List<float[]> one = on(PlanRun.open(1), spec, call);
                for (int threads : new int[] {2, 3, 7}) {
                  same(one, on(PlanRun.open(threads), spec, call), spec, call, threads);
                }
              }
            });
  }

  /** The second call of a plan has fewer workers than the first, the third as many again. */
  @Test
  void workersThatDoNotCome() {
    ExecutorService pool = Executors.newFixedThreadPool(3);
    AtomicBoolean busy = new AtomicBoolean();
    CpuBackend backend =
        new CpuBackend(
            4,
            task -> {
              if (busy.get()) {
                throw new RejectedExecutionException();
              }
              pool.execute(task);
            });
    RnnSpec spec = RnnSpec.gru(C, 100).build();
    Call call = new Call(40, 40, false, Input.ROWS);
    List<float[]> one = on(PlanRun.open(1), spec, call);
    try (RecurrentOps ops = Backends.open(backend);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(T, call.room()))) {
      Bound bound = new Bound(ops, plan, spec, call);
      for (int again = 0; again < 6; again++) {
        busy.set(again % 2 == 1);
        same(one, bound.run(), spec, call, again);
        pause(); // threads leave that wait for the next call
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void same(
      List<float[]> one, List<float[]> more, RnnSpec spec, Call call, int threads) {
    assertEquals(one.size(), more.size());
    for (int i = 0; i < one.size(); i++) {
      assertArrayEquals(
          one.get(i), more.get(i), spec + " " + call + ", " + threads + ", output " + i);
    }
  }

  private static List<float[]> on(RecurrentOps opened, RnnSpec spec, Call call) {
    PlanOptions options = PlanOptions.inference(T, call.room());
    try (RecurrentOps ops = opened;
        RecurrentPlan plan = ops.plan(spec, options)) {
      return new Bound(ops, plan, spec, call).run();
    }
  }

  private static final class Bound {
    private final RecurrentPlan plan;
    private final ForwardArgs args;
    private final List<Tensor> outputs;

    Bound(RecurrentOps ops, RecurrentPlan plan, RnnSpec spec, Call call) {
      Random random = new Random(5);
      this.plan = plan;
      int n = call.batch();
      int states = spec.stateCount();
      Tensor params = floats(ops, random, plan.parameterLayout().elements());
      Tensor h0 = floats(ops, random, states, n, spec.stateSize());
      boolean cell = spec.cell() == CellType.LSTM;
      Tensor c0 = cell ? floats(ops, random, states, n, spec.hiddenSize()) : null;
      Tensor y = garbage(ops, T, n, spec.outputSize());
      Tensor hN = garbage(ops, states, n, spec.stateSize());
      Tensor cN = cell ? garbage(ops, states, n, spec.hiddenSize()) : null;
      outputs = Stream.of(y, hN, cN).filter(t -> t != null).toList();
      int[] lengths = random.ints(n, 0, T + 1).toArray();
      args =
          ForwardArgs.of(params, x(ops, random, spec, call), y)
              .initialState(h0, c0)
              .finalState(hN, cN)
              .lengths(call.ragged() ? lengths : null);
    }

    List<float[]> run() {
      plan.forward(args);
      return outputs.stream().map(Tensor::toFloats).toList();
    }
  }

  private static Tensor x(RecurrentOps ops, Random random, RnnSpec spec, Call call) {
    int n = call.batch();
    switch (call.input()) {
      case INDEX:
        return ops.wrap(random.ints((long) T * n, 0, C).toArray(), T, n);
      case COPIED:
        return floats(ops, random, n, T, C).transpose(0, 1);
      default:
        return floats(ops, random, T, n, C);
    }
  }

  private static Tensor floats(RecurrentOps ops, Random random, long... dims) {
    Tensor t = ops.allocate(dims);
    float[] values = new float[(int) t.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.6f * random.nextFloat() - 0.3f;
    }
    t.upload(values);
    return t;
  }

  private static Tensor garbage(RecurrentOps ops, long... dims) {
    Tensor t = ops.allocate(dims);
    float[] values = new float[(int) t.shape().elements()];
    Arrays.fill(values, Float.NaN);
    t.upload(values);
    return t;
  }
}
