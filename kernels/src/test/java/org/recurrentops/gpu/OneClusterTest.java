package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
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

/** What the host program does with the algorithm {@code one-cluster}. */
class OneClusterTest {
  private static final int T = 5;
  private static final int N = 9;
  private static final PlanOptions NAMED = PlanOptions.training(T, N).algorithm("one-cluster");

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps ops = Backends.open(provider);
  private final FakeDevice device = provider.device;

  @Test
  void onlyWhereTheDriverKnowsClusters() {
    assertFalse(Algorithm.names(device).contains("one-cluster"));
    device.clusters = new Clusters(8, "needs another card");
    assertTrue(Algorithm.names(device).contains("one-cluster"));
    refused(RnnSpec.lstm(4, 6).build(), NAMED, "algorithm one-cluster: needs another card");
  }

  @Test
  void oneOrdinaryLaunchPerDirection() {
    device.clusters = new Clusters(8, "");
    device.overlaps = true;
    device.countsItems = true;
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
    for (String pass : List.of("forward", "backward")) {
      String launch = "lstm_" + pass + "_cluster@5";
      assertEquals(1, device.enqueued.stream().filter(launch::equals).count(), pass);
      assertEquals(
          1, device.enqueued.stream().filter(s -> s.matches("side\\d+ " + launch)).count(), pass);
    }
    ClusterGrid grid = ClusterGrid.forward(spec, device.limits(), 8, N);
    assertEquals(1, grid.clusters());
    assertEquals(2L * 8 * grid.threads(), device.items.get("lstm_forward_cluster"));
    assertTrue(plan.describe().contains("not yet proved on hardware"), plan.describe());
  }

  @Test
  void autoNeverTakesItButADecisionMayNameIt() {
    device.clusters = new Clusters(8, "");
    RnnSpec spec = RnnSpec.gru(4, 43).build();
    PlanOptions auto = PlanOptions.inference(T, N);
    String chosen = ops.plan(spec, auto).describe();
    assertTrue(chosen.contains("fused") && !chosen.contains("one-cluster"), chosen);
    String decision = ops.plan(spec, auto.algorithm("one-cluster")).tuning();
    assertEquals("one-cluster", ops.plan(spec, auto.tuning(decision)).algorithm());
    device.clusters = new Clusters(8, "needs another card");
    assertFalse(ops.plan(spec, auto.tuning(decision)).algorithm().equals("one-cluster"));
  }

  /** Each form for itself. */
  @Test
  void descriptionSaysWhetherAResultFileProvesIt() {
    ProvedAlgorithms proved = ProvedAlgorithms.parse(Stream.of("9.9 one-cluster a/result.json"));
    FakeDevice.Provider own = new FakeDevice.Provider(48 << 10, proved);
    RecurrentOps listed = Backends.open(own);
    own.device.clusters = new Clusters(8, "");
    RnnSpec spec = RnnSpec.vanilla(4, 6).build();
    String plain = listed.plan(spec, NAMED).describe();
    assertFalse(plain.contains("not yet proved"), plain);
    String push = listed.plan(spec, NAMED.algorithm("one-cluster/push")).describe();
    assertTrue(push.contains("not yet proved on hardware, never chosen by auto"), push);
  }

  /** The README says so. */
  @Test
  void largestHiddenSizesInTraining() {
    DeviceLimits limits = new DeviceLimits(132, 256, 227 << 10, false, 0, 256);
    assertEquals(288, largest(CellType.LSTM, limits));
    assertEquals(340, largest(CellType.GRU, limits));
    assertEquals(608, largest(CellType.VANILLA_TANH, limits));
  }

  private static int largest(CellType cell, DeviceLimits limits) {
    int hidden = 1;
    while (ClusterGrid.forward(spec(cell, hidden), limits, 8, 1).fits(limits)
        && ClusterGrid.backward(spec(cell, hidden), limits, 8, 1).fits(limits)) {
      hidden++;
    }
    return hidden - 1;
  }

  private static RnnSpec spec(CellType cell, int hidden) {
    return RnnSpec.of(cell, 3, hidden).build();
  }

  @Test
  void refusalsSayWhatAndWhatToDo() {
    device.clusters = new Clusters(8, "");
    refused(RnnSpec.lstm(4, 6).build(), NAMED.mathMode(MathMode.BF16), "FP32 only, got BF16");
    refused(
        RnnSpec.of(CellType.GRU_RESET_BEFORE, 4, 6).build(), NAMED, "gru (reset after) cells, got");
    refused(RnnSpec.lstm(4, 6).projection(2).build(), NAMED, "does not have: projection");
    refused(RnnSpec.vanilla(4, 6).independent().build(), NAMED, "independent units");
    refused(RnnSpec.lstm(4, 500).build(), NAMED, "H=500 in a cluster of 8 work-groups is 63 units");
    // backward keeps twice as much as forward
    RnnSpec spec = RnnSpec.lstm(4, 110).build();
    assertTrue(ops.supports(spec, PlanOptions.inference(T, N).algorithm("one-cluster")));
    refused(spec, NAMED, "16 units each, which need ");
  }

  private void refused(RnnSpec spec, PlanOptions options, String part) {
    String reason = ops.refusal(spec, options).orElseThrow();
    assertTrue(reason.contains(part) && reason.contains("use stepped"), reason);
  }

  /** All units have a work-group of the cluster, and all rows a cluster. */
  @Test
  void gridsCoverUnitsAndRows() {
    for (int units : new int[] {1, 8, 132}) {
      DeviceLimits limits = new DeviceLimits(units, 256, 227 << 10, false, 0, 256);
      for (int hidden : new int[] {1, 7, 33, 64, 257}) {
        for (int batch : new int[] {1, 5, 64, 257}) {
          RnnSpec spec = RnnSpec.lstm(3, hidden).build();
          covers(ClusterGrid.forward(spec, limits, 8, batch), limits, hidden, batch);
          covers(ClusterGrid.backward(spec, limits, 8, batch), limits, hidden, batch);
        }
      }
    }
  }

  private static void covers(ClusterGrid grid, DeviceLimits limits, int hidden, int batch) {
    String what = grid + " for H=" + hidden + " N=" + batch;
    int rows = 4 * grid.tiles();
    assertTrue(grid.fits(limits), what);
    assertTrue(8 * grid.share() >= hidden, what);
    assertTrue(grid.clusters() * rows >= batch && (grid.clusters() - 1) * rows < batch, what);
    assertTrue(grid.threads() % 32 == 0 && grid.threads() <= limits.maxGroupSize(), what);
  }
}
