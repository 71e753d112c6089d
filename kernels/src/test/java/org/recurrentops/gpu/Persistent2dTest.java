package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.DeviceException;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * What the host program does with the algorithm {@code persistent/2d}; on a device of four
 * multiprocessors with clusters of two.
 */
class Persistent2dTest {
  private static final int T = 5;
  private static final int N = 3;
  private static final String NAME = "persistent/2d";
  private static final PlanOptions NAMED = PlanOptions.training(T, N).algorithm(NAME);

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps ops = Backends.open(provider);
  private final FakeDevice device = provider.device;

  private void withClusters(int size) {
    device.together = true;
    device.clusters = new Clusters(size, "");
  }

  @Test
  void onlyWhereClustersAreLaunchedTogether() {
    device.together = true;
    assertFalse(Algorithm.names(device).contains(NAME));
    device.clusters = new Clusters(2, "needs another card");
    assertTrue(Algorithm.names(device).contains(NAME));
    refused(RnnSpec.lstm(4, 6).build(), NAMED, "algorithm persistent/2d: needs another card");
    device.together = false;
    assertFalse(Algorithm.names(device).contains(NAME));
  }

  @Test
  void oneLaunchPerDirectionOnOneQueue() {
    withClusters(2);
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
    List<String> loops =
        device.enqueued.stream().filter(s -> s.contains("_2d") || s.contains("fill")).toList();
    int forward = loops.indexOf("lstm_forward_2d@5");
    assertEquals("fill_rows", loops.get(forward - 1), "the grid's counter is cleared: " + loops);
    for (String pass : List.of("forward", "backward")) {
      String launch = "lstm_" + pass + "_2d@5";
      assertEquals(2, loops.stream().filter(launch::equals).count(), loops.toString());
    }
    assertTrue(device.enqueued.stream().noneMatch(s -> s.startsWith("side")), "one queue");
    PersistentGrid grid =
        Persistent2dGrid.of(spec, MathMode.FP32, device.limits(), 2, true).grid(device.limits(), N);
    assertEquals(4, grid.blocks());
    assertEquals(2L * 4 * grid.threads(), device.items.get("lstm_forward_2d"));
    String description = plan.describe();
    assertTrue(description.contains("2 clusters of 2 work-groups that divide"), description);
    assertTrue(description.contains("not yet proved on hardware, never chosen"), description);
  }

  @Test
  void autoNeverTakesItButADecisionMayNameIt() {
    withClusters(2);
    RnnSpec spec = RnnSpec.gru(4, 44).build();
    PlanOptions auto = PlanOptions.inference(T, N);
    String chosen = ops.plan(spec, auto).describe();
    assertTrue(chosen.contains("fused") && !chosen.contains("2d"), chosen);
    assertEquals(0, ops.counters().launches("resident_blocks_cluster").get());
    String decision = ops.plan(spec, auto.algorithm(NAME)).tuning();
    assertEquals(NAME, ops.plan(spec, auto.tuning(decision)).algorithm());
    device.clusters = new Clusters(2, "needs another card");
    assertFalse(ops.plan(spec, auto.tuning(decision)).algorithm().equals(NAME));
  }

  @Test
  void refusalsSayWhatAndWhatToDo() {
    withClusters(2);
    refused(
        RnnSpec.of(CellType.GRU_RESET_BEFORE, 4, 6).build(), NAMED, "gru (reset after) cells, got");
    refused(RnnSpec.lstm(4, 6).projection(2).build(), NAMED, "does not have: projection");
    refused(RnnSpec.vanilla(4, 6).independent().build(), NAMED, "independent units");
    refused(RnnSpec.lstm(4, 6).dropConnect(0.5).build(), NAMED, "does not have: dropped");
    refused(
        RnnSpec.lstm(4, 300).build(),
        NAMED,
        "H=300 in 2 clusters of 2 work-groups is 75 units each, which need ");
    refused(
        RnnSpec.lstm(4, 500).build(),
        NAMED.mathMode(MathMode.BF16),
        "H=500 in 4 clusters of 1 work-groups is 128 units each, which need ");
    device.clusters = new Clusters(8, "");
    refused(
        RnnSpec.lstm(4, 6).build(),
        NAMED,
        "needs a cluster of 8 work-groups, on 4 multiprocessors were resident at once 4");
    device.clusters = new Clusters(4, "");
    device.largestCluster = 2;
    refused(RnnSpec.lstm(4, 6).build(), NAMED, "clusters of 4: no clusters of 4 here");
  }

  /** Three of four work-groups are one cluster. */
  @Test
  void gridsAreAsLargeAsTheResidentOnes() {
    withClusters(2);
    PlanOptions options = PlanOptions.inference(T, N).algorithm(NAME);
    assertTrue(ops.refusal(RnnSpec.lstm(4, 6).build(), options).isEmpty()); // tries clusters
    device.report = new int[] {4, 3};
    String plan = ops.plan(RnnSpec.lstm(4, 48).build(), options).describe();
    assertTrue(plan.contains(", 1 clusters of 2 work-groups"), plan);
    assertTrue(plan.contains("of 24 units each"), plan);
    assertTrue(ops.counters().launches("resident_blocks_cluster").get() > 0);
    assertEquals(0, ops.counters().launches("resident_blocks").get());
    device.report = new int[] {4, 1};
    refused(
        RnnSpec.lstm(4, 60).build(),
        options,
        "needs a cluster of 2 work-groups, on 4 multiprocessors were resident at once 1");
  }

  @Test
  void whatTheDriverDoesNotLaunchIsRefused() {
    withClusters(2);
    int buffers = device.liveBuffers;
    int blocks = device.openBlocks;
    device.refusesTogether = new DeviceException("too large (720)");
    refused(RnnSpec.lstm(4, 6).build(), NAMED, "could not be counted: too large (720)");
    assertEquals(buffers, device.liveBuffers);
    assertEquals(blocks, device.openBlocks);
  }

  /** All units have a block, blocks are whole clusters, and no block is idle for all of one. */
  @Test
  void gridsCoverTheUnits() {
    for (int units : new int[] {8, 30, 132}) {
      DeviceLimits limits = new DeviceLimits(units, 256, 227 << 10, false, 0, 256);
      for (int hidden : new int[] {1, 7, 33, 64, 255, 1024}) {
        for (MathMode mode : MathMode.values()) {
          for (int size : new int[] {4, 8}) {
            covers(RnnSpec.vanilla(3, hidden).build(), mode, limits, size);
            covers(RnnSpec.gru(3, hidden).build(), mode, limits, size);
          }
        }
      }
    }
  }

  private static void covers(RnnSpec spec, MathMode mode, DeviceLimits limits, int size) {
    for (boolean forward : new boolean[] {true, false}) {
      Persistent2dGrid division = Persistent2dGrid.of(spec, mode, limits, size, forward);
      for (int batch : new int[] {1, 5, 64}) {
        PersistentGrid grid = division.grid(limits, batch);
        String what = grid + " for " + spec.label() + " " + mode;
        int hidden = spec.hiddenSize();
        int padded = mode == MathMode.FP32 ? hidden + 3 : hidden + 31;
        int cluster = size * grid.share();
        assertTrue(grid.blocks() % size == 0 && grid.blocks() <= limits.computeUnits(), what);
        assertTrue(grid.blocks() * grid.share() >= hidden, what);
        assertTrue(grid.blocks() * grid.share() - cluster < padded, what);
        assertTrue(grid.threads() % 32 == 0 && grid.threads() <= limits.maxGroupSize(), what);
        assertTrue(mode != MathMode.FP32 || division.lanes() <= grid.threads(), what);
        assertTrue(mode == MathMode.FP32 || grid.share() % 2 == 0, what);
        int rows = grid.tiles() * (mode == MathMode.FP32 ? 4 : 16);
        assertTrue(rows < batch + (mode == MathMode.FP32 ? 4 : 16), what);
      }
    }
  }

  /** Half of the largest forward in 16 bits, where half as many sums travel. */
  @Test
  void clustersAreSmallerForwardIn16Bits() {
    for (MathMode mode : MathMode.values()) {
      boolean half = mode == MathMode.BF16 || mode == MathMode.FP16;
      assertEquals(half ? 4 : 8, Persistent2dGrid.size(mode, true, 8));
      assertEquals(8, Persistent2dGrid.size(mode, false, 8));
    }
    device.together = true;
    device.clusters = new Clusters(4, "");
    RnnSpec spec = RnnSpec.gru(4, 6).build();
    RecurrentPlan plan = ops.plan(spec, NAMED.mathMode(MathMode.BF16));
    String description = plan.describe();
    assertTrue(description.contains("clusters of 2 work-groups"), description);
    assertTrue(description.contains("(backward of 4)"), description);
    assertTrue(ops.counters().launches("resident_blocks_cluster").get() > 0);
  }

  /** What README.md says: the largest H in training of 16 rows, in 16 clusters and in 15. */
  @Test
  void largestInTraining() {
    assertEquals("1440 1440", largest(CellType.LSTM, MathMode.FP32));
    assertEquals("1620 1600", largest(CellType.GRU, MathMode.FP32));
    assertEquals("3040 2880", largest(CellType.VANILLA_TANH, MathMode.FP32));
    assertEquals("2048 1920", largest(CellType.LSTM, MathMode.BF16));
    assertEquals("1184 1184", largest(CellType.LSTM, MathMode.TF32));
  }

  private static String largest(CellType cell, MathMode mode) {
    return largest(cell, mode, 16) + " " + largest(cell, mode, 15);
  }

  private static int largest(CellType cell, MathMode mode, int clusters) {
    DeviceLimits card = new DeviceLimits(8 * clusters, 256, 227 << 10, false, 0, 256);
    int largest = 0;
    for (int hidden = 512; hidden <= 6144; hidden += 4) {
      RnnSpec spec = RnnSpec.of(cell, 4, hidden).build();
      boolean fits = true;
      for (boolean forward : new boolean[] {true, false}) {
        int size = Persistent2dGrid.size(mode, forward, 8);
        fits &= Persistent2dGrid.of(spec, mode, card, size, forward).grid(card, 16).fits(card);
      }
      largest = fits ? hidden : largest;
    }
    return largest;
  }

  private void refused(RnnSpec spec, PlanOptions options, String part) {
    String reason = ops.refusal(spec, options).orElseThrow();
    assertTrue(reason.contains(part) && reason.contains("use stepped"), reason);
  }
}
