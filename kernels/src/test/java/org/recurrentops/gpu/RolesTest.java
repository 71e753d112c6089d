package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CallAbandonedException;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * What the host program does with loops of {@code persistent} and {@code one-cluster} that share a
 * launch.
 */
class RolesTest {
  private static final int T = 5;
  private static final int N = 3;
  private static final PlanOptions NAMED = PlanOptions.training(T, N).algorithm("persistent");

  private static final PlanOptions CLUSTER = NAMED.algorithm("one-cluster");

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps plain = Backends.open(provider);
  private final FakeDevice device = provider.device;
  private String description;

  private RecurrentOps together() {
    device.together = true;
    return plain;
  }

  @Test
  void oneLaunchPerLayerOnOneQueue() {
    RecurrentOps ops = together();
    device.overlaps = true;
    List<String> loops = sharing(ops, RnnSpec.lstm(4, 6).layers(2).bidirectional().build());
    int forward = loops.indexOf("lstm_forward_roles@5");
    assertEquals("fill_rows", loops.get(forward - 1), "the grid's counters are cleared: " + loops);
    assertLaunches(loops, 2, "lstm_forward_roles@5", "lstm_backward_roles@5");
    assertLaunches(loops, 4, "lstm_forward_role", "lstm_backward_role");
    assertTrue(description.contains("per layer for both directions (one layer after"), description);
    assertTrue(description.contains("the last step of the one below), 4 work-"), description);
    assertTrue(description.contains("not yet proved on hardware"), description);
  }

  @Test
  void oneLaunchPerCallForLayersThatFit() {
    RecurrentOps ops = together();
    List<String> loops = sharing(ops, RnnSpec.gru(4, 6).layers(3).build());
    assertLaunches(loops, 1, "gru_forward_roles@5", "gru_backward_roles@5");
    assertLaunches(loops, 3, "gru_forward_role", "gru_backward_role");
    assertTrue(description.contains("launch for 3 layers, a wavefront of T + 2"), description);
    assertFalse(description.contains("one after the other"), description);
    loops = sharing(ops, RnnSpec.gru(4, 6).layers(3).build(), NAMED.mathMode(MathMode.BF16));
    assertLaunches(loops, 1, "gru_forward_tensor_roles@5", "gru_backward_tensor_roles@5");
    assertLaunches(loops, 3, "gru_forward_role", "gru_backward_role");
    // five layers on four multiprocessors
    loops = sharing(ops, RnnSpec.gru(4, 6).layers(5).build());
    assertLaunches(loops, 2, "gru_forward_roles@5", "gru_backward_roles@5");
    assertTrue(description.contains("for 4 layers, a wavefront of T + 3 steps"), description);
    assertTrue(description.contains("(5 layers of H=6 on 4 multiprocessors are"), description);
  }

  /** As before there were roles, and why. */
  @Test
  void oneLaunchPerDirectionWhereRolesDoNotFit() {
    RecurrentOps ops = together();
    RnnSpec large = RnnSpec.lstm(4, 80).bidirectional().build();
    assertLaunches(sharing(ops, large), 2, "lstm_forward_persistent@5");
    assertTrue(
        description.contains("per direction (2 directions of H=80 on 4 multiprocessors need "),
        description);
    assertTrue(description.contains(" and such loops read no weights from memory)"), description);
    sharing(ops, RnnSpec.lstm(4, 6).layers(2).dropout(0.5).build());
    assertTrue(description.contains("(there is dropout between the layers)"), description);
    // unless somebody asks for it
    List<String> loops = training(ops, RnnSpec.vanilla(4, 6).layers(2).build(), NAMED);
    assertLaunches(loops, 2, "vanilla_forward_persistent@5", "vanilla_backward_persistent@5");
    assertTrue(description.contains("one cooperative launch per direction, "), description);
  }

  /** They have no memory for weights, whoever asks for it. */
  @Test
  void rolesReadNoWeightsFromMemory() {
    RecurrentOps ops = together();
    System.setProperty(Streaming.PROPERTY, "30");
    try {
      List<String> loops = sharing(ops, RnnSpec.gru(4, 6).layers(3).build());
      assertLaunches(loops, 1, "gru_forward_roles@5", "gru_backward_roles@5");
      assertTrue(description.contains("none in memory, since loops that share"), description);
    } finally {
      System.clearProperty(Streaming.PROPERTY);
    }
  }

  /** In segments, of which each is a launch that computes its steps again, then one backward. */
  @Test
  void stepsAreComputedAgainInOneLaunch() {
    RecurrentOps ops = together();
    PlanOptions options = NAMED.recompute(2);
    for (RnnSpec spec :
        List.of(RnnSpec.gru(4, 6).layers(3).build(), RnnSpec.gru(4, 6).bidirectional().build())) {
      List<String> loops = sharing(ops, spec, options);
      assertLaunches(loops, 4, "gru_forward_roles@2");
      assertLaunches(loops, 2, "gru_forward_roles@1", "gru_backward_roles@2");
      assertLaunches(loops, 1, "gru_backward_roles@1");
      assertLaunches(loops, 0, "gru_forward_persistent@2", "gru_backward_persistent@2");
    }
    RnnSpec product = RnnSpec.gru(4, 6).bidirectional().merge(MergeMode.MULTIPLY).build();
    sharing(ops, product, options);
    assertTrue(description.contains("direction (the gradient of a product of"), description);
    sharing(ops, product, NAMED);
    assertTrue(description.contains("launch per layer for both directions"), description);
  }

  /** Each layer has a cluster of its own, of one work-group where that holds R and W. */
  @Test
  void layersInClustersShareALaunch() {
    RecurrentOps ops = clusters();
    RnnSpec stack = RnnSpec.gru(4, 6).layers(3).build();
    for (String form : List.of("one-cluster", "one-cluster/push")) {
      List<String> loops = sharing(ops, stack, NAMED.algorithm(form));
      int forward = loops.indexOf("gru_forward_cluster_roles@5");
      assertEquals("fill_rows", loops.get(forward - 1), "counters are cleared: " + loops);
      assertLaunches(loops, 1, "gru_forward_cluster_roles@5", "gru_backward_cluster_roles@5");
      assertLaunches(loops, 3, "gru_forward_role", "gru_backward_role");
    }
    assertTrue(description.contains("launch for 3 layers, a wavefront of T + 2"), description);
    assertTrue(description.contains("a cluster of 1 work-groups per shard"), description);
    assertTrue(description.contains("not yet proved on hardware"), description);
    PlanOptions tensor = CLUSTER.mathMode(MathMode.BF16).recompute(2);
    List<String> loops = sharing(ops, stack, tensor);
    assertLaunches(loops, 4, "gru_forward_cluster_tensor_roles@2");
    assertLaunches(loops, 2, "gru_backward_cluster_tensor_roles@2");
    // five layers on four multiprocessors
    loops = sharing(ops, RnnSpec.vanilla(4, 6).layers(5).build(), CLUSTER);
    assertLaunches(loops, 2, "vanilla_forward_cluster_roles@5", "vanilla_backward_cluster_roles@5");
    assertTrue(description.contains("for 4 layers, a wavefront of T + 3 steps"), description);
    assertTrue(description.contains("(5 layers of H=6 in clusters of 16 "), description);
    // two work-groups each, since one does not hold W beside R; so two layers have room
    loops = sharing(ops, RnnSpec.lstm(4, 36).layers(3).build(), CLUSTER);
    assertLaunches(loops, 2, "lstm_forward_cluster_roles@5", "lstm_backward_cluster_roles@5");
    assertTrue(description.contains("2 layers, a wavefront of T + 1 steps"), description);
    assertTrue(description.contains("a cluster of 2 work-groups per shard"), description);
  }

  @Test
  void layersInClustersThatShareNoLaunch() {
    RecurrentOps ops = clusters();
    RnnSpec stack = RnnSpec.lstm(4, 6).layers(2).build();
    List<String> loops = sharing(ops, RnnSpec.lstm(4, 50).layers(2).build(), CLUSTER);
    assertLaunches(loops, 0, "lstm_forward_cluster_roles@5", "lstm_forward_role");
    assertTrue(description.contains("launch per direction (2 layers of H=50 in clus"), description);
    sharing(ops, RnnSpec.lstm(4, 6).layers(2).dropout(0.5).build(), CLUSTER);
    assertTrue(description.contains("direction (there is dropout between"), description);
    sharing(ops, RnnSpec.lstm(4, 6).layers(2).dropConnect(0.5).build(), CLUSTER);
    assertTrue(description.contains("direction (weights that are masked"), description);
    sharing(ops, RnnSpec.lstm(4, 6).layers(2).bidirectional().build(), CLUSTER);
    assertTrue(description.contains("direction (one layer after the other"), description);
    System.setProperty(Mailbox.PROPERTY, "barrier");
    try {
      sharing(ops, stack, CLUSTER);
      assertTrue(description.contains("with -Drecurrentops.gpu.exchange=mailbox"), description);
    } finally {
      System.clearProperty(Mailbox.PROPERTY);
    }
    device.together = false;
    sharing(ops, stack, CLUSTER);
    assertTrue(description.contains("launches no work-groups together"), description);
    training(ops, stack, CLUSTER); // unless somebody asks for it
    assertTrue(description.contains("one launch per direction, a cluster of 1"), description);
  }

  /**
   * Where memory would do, but not the threads: one-cluster by itself takes any number of units.
   */
  @Test
  void moreUnitsThanWorkItemsAreSaid() {
    FakeDevice.Provider large = new FakeDevice.Provider(16 << 20);
    RecurrentOps ops = Backends.open(large);
    large.device.together = true;
    large.device.clusters = new Clusters(8, "");
    String takes = " units for each work-group, which takes at most 256, one for each work-item; ";
    System.setProperty(Roles.PROPERTY, "together");
    System.setProperty(ClusterSize.PROPERTY, "1");
    try {
      RnnSpec stack = RnnSpec.vanilla(4, 300).layers(2).build();
      String text = ops.plan(stack, CLUSTER.mathMode(MathMode.BF16)).describe();
      String why = "(2 layers of H=300 in clusters of 1 have 300" + takes;
      assertTrue(text.contains(why + "larger clusters have fewer (-Drecurrentops.gpu."), text);
      RnnSpec both = RnnSpec.vanilla(4, 800).bidirectional().build();
      text = ops.plan(both, NAMED).describe();
      why = "(2 directions of H=800 on 4 multiprocessors have 400" + takes;
      assertTrue(text.contains(why + "fewer loops have fewer)"), text);
      RnnSpec wide = RnnSpec.vanilla(4, 1200).build();
      text = ops.refusal(wide, NAMED).orElseThrow();
      why = "is 300 units each, of which a work-group takes at most 256, one per work-item; use";
      assertTrue(text.contains(why), text);
    } finally {
      System.clearProperty(Roles.PROPERTY);
      System.clearProperty(ClusterSize.PROPERTY);
    }
  }

  /** Two layers want two work-groups each; of three that live at once only one layer has room. */
  @Test
  void layersInClustersShareWhatIsResident() {
    RecurrentOps ops = clusters();
    RnnSpec spec = RnnSpec.lstm(4, 36).layers(2).build();
    assertTrue(ops.supports(spec, CLUSTER));
    device.report = new int[] {4, 3};
    sharing(ops, spec, CLUSTER);
    assertTrue(description.contains("per direction (2 layers of H=36 in clusters of"), description);
  }

  private RecurrentOps clusters() {
    device.clusters = new Clusters(8, "");
    return together();
  }

  /** Of three multiprocessors that are there each of two directions has one. */
  @Test
  void rolesShareTheWorkGroupsThatAreResident() {
    RecurrentOps ops = together();
    RnnSpec spec = RnnSpec.lstm(4, 11).bidirectional().build();
    assertTrue(ops.supports(spec, NAMED)); // counts the grids of one loop
    device.report = new int[] {4, 3};
    sharing(ops, spec);
    assertTrue(
        description.contains("both directions, 2 work-groups with the weights of 12 "),
        description);
  }

  /** In the memory of loops that shared a launch, one after the other. */
  @Test
  void aWavefrontThatGaveUpIsStepped() {
    RecurrentOps ops = together();
    RnnSpec spec = RnnSpec.gru(4, 6).layers(3).build();
    System.setProperty(Roles.PROPERTY, "together");
    RecurrentPlan plan = ops.plan(spec, NAMED);
    System.clearProperty(Roles.PROPERTY);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor dParams = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, 4);
    Tensor y = ops.allocate(T, N, 6);
    Reserve reserve = plan.newReserve();
    plan.forward(ForwardArgs.of(params, x, y), reserve);
    device.report = new int[] {16, 0, 0, 3, 6};
    assertThrows(CallAbandonedException.class, ops::synchronize);
    device.recording = true;
    plan.forward(ForwardArgs.of(params, x, y), reserve);
    plan.backward(BackwardArgs.of(params, x, y, null, dParams), reserve);
    for (String pass : List.of("gru_forward@", "gru_backward@")) {
      assertEquals(3 * T, device.enqueued.stream().filter(s -> s.startsWith(pass)).count());
    }
    assertTrue(device.enqueued.stream().noneMatch(s -> s.contains("_role")));
  }

  private static void assertLaunches(List<String> loops, int count, String... kernels) {
    for (String kernel : kernels) {
      assertEquals(count, loops.stream().filter(kernel::equals).count(), kernel + " in " + loops);
    }
  }

  /** The same where loops are asked to share launches. */
  private List<String> sharing(RecurrentOps ops, RnnSpec spec) {
    return sharing(ops, spec, NAMED);
  }

  private List<String> sharing(RecurrentOps ops, RnnSpec spec, PlanOptions options) {
    System.setProperty(Roles.PROPERTY, "together");
    try {
      return training(ops, spec, options);
    } finally {
      System.clearProperty(Roles.PROPERTY);
    }
  }

  /** What a training step enqueues of its loops. */
  private List<String> training(RecurrentOps ops, RnnSpec spec, PlanOptions options) {
    RecurrentPlan plan = ops.plan(spec, options);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor dParams = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, 4);
    Tensor y = ops.allocate(T, N, spec.outputSize());
    Reserve reserve = plan.newReserve();
    device.enqueued.clear();
    device.recording = true;
    plan.forward(ForwardArgs.of(params, x, y), reserve);
    plan.backward(BackwardArgs.of(params, x, y, null, dParams), reserve);
    device.recording = false;
    assertTrue(device.enqueued.stream().noneMatch(s -> s.startsWith("side")), "one queue");
    description = plan.describe();
    return device.enqueued.stream()
        .filter(
            s ->
                s.contains("persistent")
                    || s.contains("cluster")
                    || s.contains("fill")
                    || s.contains("_role"))
        .toList();
  }
}
