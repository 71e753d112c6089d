package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recurrentops.BiasMode;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.spi.BackendDevice;

/** Inference with vectors that hold batch rows, beside the same with vectors that hold units. */
class LanesTest {
  private static final int T = 5;
  private static final String NEVER = "1000000";

  @AfterEach
  void asByDefault() {
    System.clearProperty(PlanShape.LANE_ROWS);
  }

  /** Whether large layers have them without being told. */
  private static boolean byDefault() {
    return CpuMath.select().batchLanes().areAhead();
  }

  /** What a call gets beside x. */
  private record Kind(
      boolean states, boolean packed, boolean ragged, boolean views, boolean poisoned) {
    static final Kind PLAIN = new Kind(false, true, false, false, false);
    static final Kind STATES = new Kind(true, false, false, false, false);
  }

  /** The outputs of one call, by name; what is not written stays NaN. */
  private static Map<String, float[]> run(
      RnnSpec spec, int batch, int maxBatch, int threads, String rows, Kind kind) {
    System.setProperty(PlanShape.LANE_ROWS, rows);
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    Random random = new Random(batch);
    long states = spec.stateCount();
    boolean cell = spec.cell().hasCellState();
    try (RecurrentOps ops = PlanRun.open(threads);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(T, maxBatch))) {
      Tensor params = input(ops, random, 0.4f, plan.parameterLayout().elements());
      Tensor x = input(ops, random, 1, T, batch, spec.inputSize());
      if (kind.poisoned()) {
        x.slice(1, batch - 1, batch).upload(nan(T * spec.inputSize()));
      }
      int width = spec.outputSize();
      Tensor y = output(ops, T, batch, kind.views() ? width + 7 : width);
      outputs.put("y", y);
      y = kind.views() ? y.slice(2, 3, 3 + width) : y;
      ForwardArgs call =
          kind.packed() ? ForwardArgs.of(plan.pack(params), x, y) : ForwardArgs.of(params, x, y);
      outputs.put("hN", output(ops, states, batch, spec.stateSize()));
      if (cell) {
        outputs.put("cN", output(ops, states, batch, spec.hiddenSize()));
      }
      call.finalState(outputs.get("hN"), outputs.get("cN"));
      if (kind.states()) {
        Tensor h0 = input(ops, random, 1, states, batch, spec.stateSize());
        call.initialState(
            h0, cell ? input(ops, random, 1, states, batch, spec.hiddenSize()) : null);
        if (cell) {
          outputs.put("c", output(ops, states, T, batch, spec.hiddenSize()));
          call.cellSequence(outputs.get("c"));
        }
      }
      if (kind.ragged()) {
        int[] lengths = new int[batch];
        Arrays.setAll(lengths, n -> n % 3 == 1 ? n % (T + 1) : T);
        call.lengths(lengths);
      }
      plan.forward(call);
      Map<String, float[]> first = values(outputs);
      plan.forward(call);
      values(outputs).forEach((n, v) -> assertArrayEquals(first.get(n), v, spec + " again " + n));
      return first;
    }
  }

  private static Map<String, float[]> values(Map<String, Tensor> outputs) {
    Map<String, float[]> values = new LinkedHashMap<>();
    outputs.forEach((name, t) -> values.put(name, t.toFloats()));
    return values;
  }

  private static Tensor input(RecurrentOps ops, Random random, float scale, long... dims) {
    Tensor t = ops.allocate(dims);
    float[] values = new float[(int) t.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = scale * (2 * random.nextFloat() - 1);
    }
    t.upload(values);
    return t;
  }

  private static Tensor output(RecurrentOps ops, long... dims) {
    Tensor t = ops.allocate(dims);
    t.upload(nan((int) t.shape().elements()));
    return t;
  }

  private static float[] nan(int count) {
    float[] values = new float[count];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  private static List<RnnSpec> specs(int inputs, int units) {
    List<RnnSpec> all = new ArrayList<>();
    for (RnnSpecBuilder b :
        List.of(
            RnnSpec.lstm(inputs, units),
            RnnSpec.gru(inputs, units),
            RnnSpec.vanilla(inputs, units))) {
      all.add(b.build());
      all.add(b.layers(2).bidirectional().build());
      all.add(b.merge(MergeMode.MULTIPLY).build());
      all.add(b.bias(BiasMode.NONE).build());
    }
    return all;
  }

  private static void agree(RnnSpec spec, int batch, int maxBatch, int threads, Kind kind) {
    Map<String, float[]> expected = run(spec, batch, maxBatch, threads, NEVER, kind);
    run(spec, batch, maxBatch, threads, "1", kind)
        .forEach(
            (name, v) -> {
              String what = spec + " N " + batch + " " + kind + " " + name;
              assertArrayEquals(expected.get(name), v, 1e-5f, what);
            });
  }

  @Test
  void agreeWithVectorsOfUnits() {
    for (int batch : new int[] {1, 5, 16, 31, 32, 33, 64, 75}) {
      for (RnnSpec spec : specs(29, 43)) {
        agree(spec, batch, batch, 1, Kind.PLAIN);
        agree(spec, batch, batch + 40, 2, Kind.STATES);
      }
    }
    for (RnnSpec spec : specs(67, 96)) {
      agree(spec, 40, 40, 2, Kind.PLAIN);
    }
  }

  /** Rows that do not follow one another, and bytes between them that stay as they are. */
  @Test
  void writeNothingBetweenRows() {
    Kind views = new Kind(true, true, false, true, false);
    for (RnnSpec spec : specs(29, 43)) {
      agree(spec, 37, 37, 2, views);
      float[] y = run(spec, 37, 37, 2, "1", views).get("y");
      int width = spec.outputSize() + 7;
      for (int i = 0; i < y.length; i++) {
        boolean between = i % width < 3 || i % width >= 3 + spec.outputSize();
        assertEquals(between, Float.isNaN(y[i]), spec + " element " + i);
      }
    }
  }

  /** Also where vectors hold units, and each worker has a copy of the packed weights. */
  @Test
  void noBitDependsOnThreadsOrOnPacking() {
    Kind unpacked = new Kind(false, false, false, false, false);
    for (String rows : new String[] {"1", NEVER}) {
      for (int batch : new int[] {7, 64, 70}) {
        List<RnnSpec> specs = specs(45, 130);
        specs.addAll(specs(29, 43));
        for (RnnSpec spec : specs) {
          Map<String, float[]> one = run(spec, batch, batch, 1, rows, Kind.PLAIN);
          for (int threads : new int[] {2, 3, 7}) {
            for (Kind kind : new Kind[] {Kind.PLAIN, unpacked}) {
              run(spec, batch, batch, threads, rows, kind)
                  .forEach((name, v) -> assertArrayEquals(one.get(name), v, spec + " " + name));
            }
          }
        }
      }
    }
  }

  /** Whatever lies in other lanes, and however many rows a plan has room for. */
  @Test
  void noBitDependsOnOtherRows() {
    Kind poisoned = new Kind(false, true, false, false, true);
    for (RnnSpec spec : specs(29, 43)) {
      int batch = 35;
      float[] all = run(spec, batch, batch, 2, "1", Kind.PLAIN).get("y");
      float[] more = run(spec, batch, batch + 60, 1, "1", poisoned).get("y");
      for (int i = 0; i < all.length; i++) {
        boolean last = i / spec.outputSize() % batch == batch - 1;
        float expected = last ? Float.NaN : all[i];
        assertEquals(expected, more[i], spec + " element " + i);
      }
    }
  }

  /** Calls whose rows end early have vectors of units, bit by bit. */
  @Test
  void areLeftOutWhereRowsEnd() {
    Kind ragged = new Kind(true, true, true, false, false);
    for (RnnSpec spec : specs(29, 43)) {
      Map<String, float[]> expected = run(spec, 33, 33, 2, NEVER, ragged);
      run(spec, 33, 33, 2, "1", ragged)
          .forEach((name, v) -> assertArrayEquals(expected.get(name), v, spec + " " + name));
    }
  }

  /** By default, large layers whose batch fills panels have them; results say who computed them. */
  @Test
  void callsThatFillPanelsHaveThemByDefault() {
    RnnSpec spec = RnnSpec.lstm(19, 256).build();
    for (int batch : new int[] {28, 29, 32, 33, 57, 58, 64}) {
      Map<String, float[]> always = run(spec, batch, 64, 2, "1", Kind.PLAIN);
      Map<String, float[]> never = run(spec, batch, 64, 2, NEVER, Kind.PLAIN);
      boolean differ = !Arrays.equals(always.get("y"), never.get("y"));
      assertTrue(differ, "sums in another order, N " + batch);
      boolean fills = batch == 29 || batch == 32 || batch == 58 || batch == 64;
      Map<String, float[]> expected = byDefault() && fills ? always : never;
      run(spec, batch, 64, 2, "", Kind.PLAIN)
          .forEach((name, v) -> assertArrayEquals(expected.get(name), v, batch + " " + name));
    }
  }

  @Test
  void plansSayWhichLayersHaveThem() {
    String large = says(RnnSpec.lstm(9, 256).build(), 29);
    assertEquals(byDefault(), large.contains(": batch rows in lanes, 32 to a panel"), large);
    String some = says(RnnSpec.lstm(9000, 256).layers(2).build(), 32);
    assertEquals(byDefault(), some.contains("1 of 2 layers: batch rows in lanes"), some);
    assertFalse(says(RnnSpec.lstm(9, 256).build(), 28).contains("lanes"), "few rows");
    assertFalse(says(RnnSpec.lstm(9, 248).build(), 32).contains("lanes"), "few gate rows");
    assertFalse(says(RnnSpec.lstm(9, 1024).build(), 32).contains("lanes"), "large");
    assertFalse(says(RnnSpec.lstm(9, 256).peepholes().build(), 32).contains("lanes"), "options");
  }

  private static String says(RnnSpec spec, int batch) {
    try (RecurrentOps ops = PlanRun.open(1);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(T, batch))) {
      return plan.describe();
    }
  }

  @Test
  void refuseALimitThatIsNoNumberOfRows() {
    for (String wrong : new String[] {"0", "few"}) {
      System.setProperty(PlanShape.LANE_ROWS, wrong);
      String message =
          assertThrows(UnsupportedSpecException.class, () -> says(RnnSpec.lstm(9, 256).build(), 32))
              .getMessage();
      String expected = "recurrentops.cpu.laneRows: expected a number of rows ≥ 1, got '";
      assertTrue(message.contains(expected + wrong), message);
    }
  }

  /** What is timed is what was done. */
  @Test
  void productsCountAsJoined() {
    System.setProperty(PlanShape.LANE_ROWS, "1");
    try (RecurrentOps ops = PlanRun.open(1)) {
      PlanOptions options = PlanOptions.inference(T, 32).algorithm(BackendDevice.TIMED);
      try (RecurrentPlan plan = ops.plan(RnnSpec.lstm(9, 256).build(), options)) {
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        plan.forward(ForwardArgs.of(params, ops.allocate(T, 32, 9), ops.allocate(T, 32, 256)));
      }
      Map<String, Long> phases = ops.counters().snapshot().nanoseconds();
      String forward = BackendDevice.TIMED + ".forward.";
      assertTrue(phases.get(forward + "joined-products") > 0, phases::toString);
      assertEquals(0, phases.get(forward + "recurrent-products"), phases::toString);
    }
  }
}
