package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.spi.BackendDevice;

/** Steps that multiply input and state together, beside those that find the input projected. */
class JoinedInputTest {
  private static final int T = 6;
  private static final int C = 29;
  private static final int H = 33;

  @AfterEach
  void asByDefault() {
    System.clearProperty(PlanShape.JOINED_ROWS);
  }

  private static List<RnnSpec> specs() {
    List<RnnSpec> all = new ArrayList<>(PlanSpecs.all(C, H));
    all.add(RnnSpec.lstm(C, H).peepholes().zoneout(0.3, 0.2).dropConnect(0.3).build());
    all.add(RnnSpec.lstm(C, H).build());
    all.add(RnnSpec.vanilla(C, H).build());
    return all;
  }

  private static Map<String, float[]> run(
      RnnSpec spec, int batch, boolean direct, boolean ragged, int from, PlanOptions options) {
    System.setProperty(PlanShape.JOINED_ROWS, Integer.toString(from));
    try (RecurrentOps ops = PlanRun.open(2)) {
      PlanRun run = new PlanRun(spec, T, batch, direct);
      return (ragged ? run : run.withoutLengths()).on(ops, options);
    }
  }

  private static Map<String, float[]> run(RnnSpec spec, int batch, int from) {
    return run(spec, batch, false, false, from, PlanOptions.training(T, batch));
  }

  @Test
  void agreesWithTheProjectedInput() {
    for (int batch : new int[] {1, 3, 16, 21}) {
      for (RnnSpec spec : specs()) {
        Map<String, float[]> expected = run(spec, batch, 99);
        run(spec, batch, 1)
            .forEach(
                (name, values) -> {
                  String what = spec + " N " + batch + " " + name;
                  assertArrayEquals(expected.get(name), values, 2e-5f * T * batch, what);
                });
      }
    }
  }

  /** Rows that have ended, and memory that is no array, are left to the projection. */
  @Test
  void isLeftOutWhereItDoesNotApply() {
    PlanOptions options = PlanOptions.training(T, 17);
    for (RnnSpec spec : specs()) {
      Map<String, float[]> ragged = run(spec, 17, false, true, 99, options);
      run(spec, 17, false, true, 1, options)
          .forEach((name, v) -> assertArrayEquals(ragged.get(name), v, spec + " " + name));
    }
    RnnSpec spec = RnnSpec.lstm(C, H).build();
    Map<String, float[]> direct = run(spec, 17, true, false, 99, options);
    run(spec, 17, true, false, 1, options)
        .forEach((name, v) -> assertArrayEquals(direct.get(name), v, spec + " " + name));
  }

  @Test
  void stepsComputedAgainAreTheSame() {
    for (RnnSpec spec : specs()) {
      Map<String, float[]> expected = run(spec, 18, 1);
      PlanOptions again = PlanOptions.training(T, 18).recompute(4);
      run(spec, 18, false, false, 1, again)
          .forEach((name, v) -> assertArrayEquals(expected.get(name), v, spec + " " + name));
    }
  }

  @Test
  void plansSayWhichLayersDo() {
    try (RecurrentOps ops = PlanRun.open(1)) {
      assertTrue(says(ops, RnnSpec.lstm(C, H).build(), 16).contains(": dense input and state"));
      String some = says(ops, RnnSpec.lstm(500, H).layers(2).build(), 16);
      assertTrue(some.contains("1 of 2 layers: dense input and state"), some);
      assertFalse(says(ops, RnnSpec.lstm(C, H).build(), 15).contains("together"), "few rows");
      assertFalse(says(ops, RnnSpec.lstm(C, 512).build(), 16).contains("together"), "large");
      assertFalse(says(ops, RnnSpec.gru(C, H).build(), 16).contains("together"), "GRU");
    }
  }

  @Test
  void refusesALimitThatIsNoNumberOfRows() {
    for (String wrong : new String[] {"0", "few"}) {
      System.setProperty(PlanShape.JOINED_ROWS, wrong);
      try (RecurrentOps ops = PlanRun.open(1)) {
        String message =
            assertThrows(
                    UnsupportedSpecException.class, () -> says(ops, RnnSpec.lstm(C, H).build(), 16))
                .getMessage();
        String expected = "recurrentops.cpu.joinedRows: expected a number of rows ≥ 1, got '";
        assertTrue(message.contains(expected + wrong), message);
      }
    }
  }

  private static String says(RecurrentOps ops, RnnSpec spec, int batch) {
    try (RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(T, batch))) {
      return plan.describe();
    }
  }

  /** What is timed is what was done. */
  @Test
  void productsCountAsJoined() {
    for (int batch : new int[] {15, 16}) {
      try (RecurrentOps ops = PlanRun.open(1)) {
        new PlanRun(RnnSpec.lstm(C, H).build(), T, batch, false)
            .withoutLengths()
            .on(ops, BackendDevice.TIMED);
        Map<String, Long> phases = ops.counters().snapshot().nanoseconds();
        String forward = BackendDevice.TIMED + ".forward.";
        assertEquals(batch == 16, phases.get(forward + "joined-products") > 0, phases::toString);
        assertEquals(batch < 16, phases.get(forward + "recurrent-products") > 0, phases::toString);
      }
    }
  }
}
