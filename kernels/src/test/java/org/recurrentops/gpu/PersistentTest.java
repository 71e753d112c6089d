package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;

/** What the host program does with the algorithm {@code persistent}. */
class PersistentTest {
  private static final int T = 5;
  private static final int N = 3;
  private static final PlanOptions NAMED = PlanOptions.training(T, N).algorithm("persistent");

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps plain = Backends.open(provider);
  private final FakeDevice device = provider.device;

  private RecurrentOps together() {
    device.together = true;
    return plain;
  }

  @Test
  void onlyWhereWorkGroupsAreLaunchedTogether() {
    assertFalse(Algorithm.names(device).contains("persistent"));
    together();
    assertTrue(Algorithm.names(device).contains("persistent"));
  }

  @Test
  void oneLaunchPerDirectionOnOneQueue() {
    RecurrentOps ops = together();
    device.overlaps = true;
    RnnSpec spec = RnnSpec.lstm(4, 6).bidirectional().build();
    RecurrentPlan plan = ops.plan(spec, NAMED);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor dParams = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, 4);
    Tensor y = ops.allocate(T, N, 12);
    Reserve reserve = plan.newReserve();
    device.recording = true;
    plan.forward(ForwardArgs.of(params, x, y), reserve);
    plan.backward(BackwardArgs.of(params, x, y, null, dParams), reserve);
    List<String> loops =
        device.enqueued.stream()
            .filter(s -> s.contains("persistent") || s.contains("fill"))
            .toList();
    int forward = loops.indexOf("lstm_forward_persistent@5");
    assertEquals("fill_rows", loops.get(forward - 1), "the grid's counter is cleared: " + loops);
    for (String pass : List.of("forward", "backward")) {
      String launch = "lstm_" + pass + "_persistent@5";
      assertEquals(2, loops.stream().filter(launch::equals).count(), loops.toString());
    }
    assertTrue(device.enqueued.stream().noneMatch(s -> s.startsWith("side")), "one queue");
    assertTrue(plan.describe().contains("not yet proved on hardware"), plan.describe());
  }

  @Test
  void autoNeverTakesItButADecisionMayNameIt() {
    RecurrentOps ops = together();
    RnnSpec spec = RnnSpec.gru(4, 43).build();
    PlanOptions auto = PlanOptions.inference(T, N);
    String chosen = ops.plan(spec, auto).describe();
    assertTrue(chosen.contains("fused") && !chosen.contains("persistent"), chosen);
    String decision = ops.plan(spec, auto.algorithm("persistent")).tuning();
    assertEquals("persistent", ops.plan(spec, auto.tuning(decision)).algorithm());
    RnnSpec large = RnnSpec.gru(4, 4300).build();
    assertFalse(ops.plan(large, auto.tuning(decision)).algorithm().equals("persistent"));
  }

  @Test
  void refusalsSayWhatAndWhatToDo() {
    RecurrentOps ops = together();
    refused(ops, RnnSpec.lstm(4, 6).build(), NAMED.mathMode(MathMode.BF16), "FP32 only, got BF16");
    refused(
        ops,
        RnnSpec.of(CellType.GRU_RESET_BEFORE, 4, 6).build(),
        NAMED,
        "gru (reset after) cells, got ");
    refused(ops, RnnSpec.lstm(4, 6).projection(2).build(), NAMED, "does not have: projection");
    refused(ops, RnnSpec.lstm(4, 6).build(), NAMED.recompute(2), "got recompute 2");
    refused(ops, RnnSpec.vanilla(4, 6).independent().build(), NAMED, "independent units");
    refused(
        ops, RnnSpec.lstm(4, 500).build(), NAMED, "H=500 on 4 multiprocessors is 125 units each");
    // the weights of 13 units fit, and rows for a few tiles, but not c of so many rows
    RnnSpec spec = RnnSpec.lstm(4, 50).build();
    assertTrue(ops.supports(spec, NAMED));
    refused(ops, spec, PlanOptions.inference(T, 1000).algorithm("persistent"), "bytes of shared");
    assertThrows(
        UnsupportedSpecException.class, () -> ops.plan(RnnSpec.lstm(4, 500).build(), NAMED));
  }

  private static void refused(RecurrentOps ops, RnnSpec spec, PlanOptions options, String part) {
    String reason = ops.refusal(spec, options).orElseThrow();
    assertTrue(reason.contains(part) && reason.contains("use stepped"), reason);
  }

  /** All units have a block, and all blocks a multiprocessor. */
  @Test
  void gridsCoverTheUnits() {
    for (int units : new int[] {1, 7, 132}) {
      DeviceLimits limits = new DeviceLimits(units, 256, 227 << 10, false, 0, 256);
      for (int hidden : new int[] {1, 7, 33, 64, 257, 1024}) {
        for (int batch : new int[] {1, 5, 64}) {
          RnnSpec spec = RnnSpec.lstm(3, hidden).build();
          covers(PersistentGrid.forward(spec, limits, batch), limits, hidden);
          covers(PersistentGrid.backward(spec, limits, batch), limits, hidden);
        }
      }
    }
  }

  private static void covers(PersistentGrid grid, DeviceLimits limits, int hidden) {
    String what = grid + " for H=" + hidden;
    assertTrue(grid.blocks() * grid.share() >= hidden, what);
    assertTrue((grid.blocks() - 1) * grid.share() < hidden, what);
    assertTrue(grid.blocks() <= limits.computeUnits(), what);
    assertTrue(grid.threads() % 32 == 0 && grid.threads() <= limits.maxGroupSize(), what);
  }
}
