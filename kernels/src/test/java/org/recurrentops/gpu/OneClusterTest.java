package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
    ClusterGrid grid = ClusterGrid.forward(spec, MathMode.FP32, device.limits(), 1, N);
    assertEquals(2L * grid.clusters() * grid.threads(), device.items.get("lstm_forward_cluster"));
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
    assertEquals("gpu1 one-cluster cluster=1", decision);
    assertEquals("one-cluster", ops.plan(spec, auto.tuning(decision)).algorithm());
    device.clusters = new Clusters(8, "needs another card");
    assertFalse(ops.plan(spec, auto.tuning(decision)).algorithm().equals("one-cluster"));
  }

  /** Each form and each size for itself. */
  @Test
  void descriptionSaysWhetherAResultFileProvesIt() {
    RecurrentOps listed = listed("9.9 one-cluster:1 a/result.json");
    RnnSpec spec = RnnSpec.vanilla(4, 6).build();
    String none = "not yet proved on hardware, never chosen by auto";
    String plain = listed.plan(spec, NAMED).describe();
    assertFalse(plain.contains("not yet proved"), plain);
    String push = listed.plan(spec, NAMED.algorithm("one-cluster/push")).describe();
    assertTrue(push.contains(none), push);
    named("2", () -> assertTrue(listed.plan(spec, NAMED).describe().contains(none)));
  }

  private static RecurrentOps listed(String... lines) {
    ProvedAlgorithms proved = ProvedAlgorithms.parse(Stream.of(lines));
    FakeDevice.Provider own = new FakeDevice.Provider(48 << 10, proved);
    RecurrentOps listed = Backends.open(own);
    own.device.clusters = new Clusters(8, "");
    return listed;
  }

  /** Two blocks would hold the layer: that four are proved shows nothing of two, nor of eight. */
  @Test
  void autoTriesSizesThatResultFilesProve() {
    PlanOptions auto = PlanOptions.training(T, N);
    RnnSpec spec = RnnSpec.lstm(4, 47).build();
    RecurrentOps four =
        listed("9.9 one-cluster:4 a/result.json", "9.9 one-cluster/push:1 a/result.json");
    measured(four, spec, auto, "one-cluster:4");
    measured(four, spec, auto.mathMode(MathMode.BF16), "");
    named("8", () -> measured(four, spec, auto, ""));
    named("4", () -> measured(four, spec, auto, "one-cluster:4"));
    RecurrentOps three =
        listed("9.9 one-cluster:8 a", "9.9 one-cluster:16 a", "9.0 one-cluster:2 a");
    measured(three, spec, auto, "one-cluster:8, one-cluster:16");
    RecurrentOps half = listed("9.9 one-cluster:4@BF16 a", "9.9 one-cluster/push:2@TF32 a");
    measured(half, spec, auto, "");
    measured(half, spec, auto.mathMode(MathMode.BF16), "one-cluster:4");
    named(
        "4",
        () -> {
          String proved = half.plan(spec, NAMED.mathMode(MathMode.BF16)).describe();
          assertFalse(proved.contains("not yet proved"), proved);
          assertTrue(half.plan(spec, NAMED).describe().contains("not yet proved"));
        });
    RnnSpec small = RnnSpec.lstm(4, 15).build();
    measured(four, small, auto, "one-cluster:4, one-cluster/push:1");
  }

  /** What was measured of it, in the order of the description. */
  private static void measured(RecurrentOps ops, RnnSpec spec, PlanOptions options, String forms) {
    String text = ops.plan(spec, options).describe();
    String found =
        Pattern.compile("one-cluster\\S*(?= [0-9.]+ ms)")
            .matcher(text)
            .results()
            .map(MatchResult::group)
            .collect(Collectors.joining(", "));
    assertEquals(forms, found, text);
  }

  @Test
  void aListNamesFormsWithTheirSizes() {
    for (String line : List.of("one-cluster", "one-cluster:3", "persistent:8", "persistant")) {
      Stream<String> text = Stream.of("9.0 " + line + " a/result.json");
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> ProvedAlgorithms.parse(text));
      assertTrue(e.getMessage().contains("one-cluster/push:16, with @TF32"), e::toString);
      assertTrue(e.getMessage().contains(" FP32, got 9.0 " + line), e::toString);
    }
  }

  /** The README says so. */
  @Test
  void largestHiddenSizesInTraining() {
    DeviceLimits limits = new DeviceLimits(132, 256, 227 << 10, false, 0, 256);
    assertEquals("288 340 608", largest(MathMode.FP32, limits, 8));
    assertEquals("108 128 224", largest(MathMode.FP32, limits, 1));
    assertEquals("384 448 836", largest(MathMode.FP32, limits, 16));
    assertEquals("368 400 768", largest(MathMode.TF32, limits, 8));
    assertEquals("512 512 1024", largest(MathMode.TF32, limits, 16));
    assertEquals("512 576 1024", largest(MathMode.BF16, limits, 8));
    assertEquals("736 800 1536", largest(MathMode.FP16, limits, 16));
  }

  /** Of LSTM, GRU and vanilla cells. */
  private static String largest(MathMode mode, DeviceLimits limits, int size) {
    return Stream.of(CellType.LSTM, CellType.GRU, CellType.VANILLA_TANH)
        .map(cell -> "" + largest(cell, mode, limits, size))
        .collect(Collectors.joining(" "));
  }

  private static int largest(CellType cell, MathMode mode, DeviceLimits limits, int size) {
    int hidden = 1;
    while (ClusterGrid.forward(spec(cell, hidden), mode, limits, size, 1).fits(limits)
        && ClusterGrid.backward(spec(cell, hidden), mode, limits, size, 1).fits(limits)) {
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
    refused(
        RnnSpec.of(CellType.GRU_RESET_BEFORE, 4, 6).build(), NAMED, "gru (reset after) cells, got");
    refused(RnnSpec.lstm(4, 6).projection(2).build(), NAMED, "does not have: projection");
    refused(RnnSpec.vanilla(4, 6).independent().build(), NAMED, "independent units");
    RnnSpec wide = RnnSpec.vanilla(4, 300).build();
    named(
        "1", () -> refused(wide, NAMED, "300 units each, which are more than the 256 work-items"));
    refused(
        RnnSpec.lstm(4, 600).build(),
        NAMED,
        "H=600 in a cluster of 16 work-groups would be 38 units");
  }

  /** In 48 KB of shared memory. */
  @Test
  void fewestWorkGroupsThatHoldTheLayer() {
    device.clusters = new Clusters(8, "");
    PlanOptions forward = PlanOptions.inference(T, N).algorithm("one-cluster");
    size(1, RnnSpec.lstm(4, 16).build(), NAMED, "the fewest that hold the layer)");
    size(
        2,
        RnnSpec.lstm(4, 48).build(),
        NAMED,
        "the fewest that hold the layer, 1 would be 48 units");
    size(4, RnnSpec.lstm(4, 70).build(), NAMED, "2 would be 35 units each, which need ");
    // backward keeps more than forward
    size(8, RnnSpec.lstm(4, 110).build(), forward, "4 would be 28 units");
    size(16, RnnSpec.lstm(4, 110).build(), NAMED, "8 would be 16 units");
    size(8, RnnSpec.lstm(4, 110).build(), NAMED.mathMode(MathMode.BF16), "with 16 rows");
  }

  private void size(int size, RnnSpec spec, PlanOptions options, String why) {
    RecurrentPlan plan = ops.plan(spec, options);
    String text = plan.describe();
    assertTrue(
        text.contains("a cluster of " + size + " work-groups (") && text.contains(why), text);
    assertEquals("gpu1 one-cluster cluster=" + size, plan.tuning());
  }

  @Test
  void propertyOrDecisionNamesTheSize() {
    device.clusters = new Clusters(8, "");
    RnnSpec spec = RnnSpec.lstm(4, 48).build();
    String given = "given by the caller's tuning)";
    size(4, spec, PlanOptions.training(T, N).tuning("gpu1 one-cluster cluster=4"), given);
    named("8", () -> size(8, spec, NAMED, "named by -D" + ClusterSize.PROPERTY));
    named("auto", () -> size(2, spec, NAMED, "the fewest"));
    String by = "work-groups, named by -D" + ClusterSize.PROPERTY;
    named("1", () -> refused(spec, NAMED, "a cluster of 1 " + by + ", would be 48 units each"));
    device.largestCluster = 8;
    named("16", () -> refused(spec, NAMED, "a cluster of 16 " + by + ", clusters of 16: no"));
    named(
        "3",
        () -> {
          Exception e = assertThrows(IllegalArgumentException.class, () -> ops.plan(spec, NAMED));
          assertTrue(e.getMessage().contains("expected auto, 1, 2, 4, 8 or 16"), e::toString);
        });
    for (String unknown : List.of("one-cluster cluster=3", "one-cluster cluster=1", "fused c=1")) {
      String chosen = ops.plan(spec, PlanOptions.training(T, N).tuning("gpu1 " + unknown)).tuning();
      assertFalse(chosen.contains("cluster"), unknown + " is not followed: " + chosen);
    }
  }

  private static void named(String size, Runnable test) {
    System.setProperty(ClusterSize.PROPERTY, size);
    try {
      test.run();
    } finally {
      System.clearProperty(ClusterSize.PROPERTY);
    }
  }

  @Test
  void whatTheDriverRefusesIsSaid() {
    device.clusters = new Clusters(8, "");
    device.largestCluster = 8;
    RnnSpec spec = RnnSpec.lstm(4, 110).build();
    refused(spec, NAMED, "clusters of 16: no clusters of 16 here");
    refused(spec, NAMED, "H=110 in a cluster of 8 work-groups would be 16 units each");
    device.report = new int[] {1, 0};
    size(4, RnnSpec.lstm(4, 48).build(), NAMED, "clusters of 2: the driver ran 1 together");
  }

  private void refused(RnnSpec spec, PlanOptions options, String part) {
    String reason = ops.refusal(spec, options).orElseThrow();
    assertTrue(reason.contains(part) && reason.contains("use stepped"), reason);
  }

  /** On tensor cores work-items walk over units, in FP32 each has one. */
  @Test
  void unitsMayBeMoreThanWorkItemsOnTensorCores() {
    DeviceLimits limits = new DeviceLimits(132, 256, 512 << 10, false, 0, 256);
    RnnSpec spec = RnnSpec.vanilla(3, 300).build();
    assertFalse(ClusterGrid.forward(spec, MathMode.FP32, limits, 1, 4).fits(limits));
    assertTrue(ClusterGrid.forward(spec, MathMode.BF16, limits, 1, 4).fits(limits));
    assertTrue(ClusterGrid.backward(spec, MathMode.BF16, limits, 1, 4).fits(limits));
  }

  /** All units have a work-group of the cluster, and all rows a cluster. */
  @Test
  void gridsCoverUnitsAndRows() {
    for (int units : new int[] {1, 8, 132}) {
      DeviceLimits limits = new DeviceLimits(units, 256, 227 << 10, false, 0, 256);
      for (int hidden : new int[] {1, 7, 33, 64, 257}) {
        for (int batch : new int[] {1, 5, 64, 257}) {
          RnnSpec spec = RnnSpec.lstm(3, hidden).build();
          for (MathMode mode : MathMode.values()) {
            int size = mode == MathMode.TF32 ? 16 : 8;
            covers(ClusterGrid.forward(spec, mode, limits, size, batch), size, hidden, batch);
            covers(ClusterGrid.backward(spec, mode, limits, size, batch), size, hidden, batch);
          }
        }
      }
    }
  }

  private static void covers(ClusterGrid grid, int size, int hidden, int batch) {
    String what = grid + " for H=" + hidden + " N=" + batch;
    int rows = grid.rows();
    assertTrue(grid.fits(new DeviceLimits(132, 256, 227 << 10, false, 0, 256)), what);
    assertTrue(size * grid.share() >= hidden, what);
    assertTrue(grid.clusters() * rows >= batch && (grid.clusters() - 1) * rows < batch, what);
    assertTrue(grid.threads() % 32 == 0 && grid.threads() <= 256, what);
  }
}
