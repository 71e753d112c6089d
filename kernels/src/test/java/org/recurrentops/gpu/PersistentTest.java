package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.Backends;
import org.recurrentops.CallAbandonedException;
import org.recurrentops.CellType;
import org.recurrentops.DeviceException;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
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
  void autoNeverTakesItButADecisionMayNameIt() {
    RecurrentOps ops = together();
    RnnSpec spec = RnnSpec.gru(4, 43).build();
    PlanOptions auto = PlanOptions.inference(T, N);
    String chosen = ops.plan(spec, auto).describe();
    assertTrue(chosen.contains("fused") && !chosen.contains("persistent"), chosen);
    String decision = ops.plan(spec, auto.algorithm("persistent")).tuning();
    assertEquals("persistent", ops.plan(spec, auto.tuning(decision)).algorithm());
    assertTrue(ops.plan(spec, auto.tuning(decision)).describe().contains("not yet proved"));
    RnnSpec large = RnnSpec.gru(4, 4300).build();
    assertFalse(ops.plan(large, auto.tuning(decision)).algorithm().equals("persistent"));
  }

  /** The list of this build is empty; others than the device's architecture do not count. */
  @Test
  void autoTriesItWhereAResultFileProvesIt() {
    int hidden = 200; // no choice is remembered of another test
    for (String line : List.of("9.9 persistent a/result.json", "9.0 persistent b.json", "")) {
      ProvedAlgorithms proved = ProvedAlgorithms.parse(Stream.of("# words", line));
      FakeDevice.Provider own = new FakeDevice.Provider(200 << 10, proved);
      RecurrentOps ops = Backends.open(own);
      own.device.together = true;
      own.device.overlaps = true;
      RnnSpec spec = RnnSpec.gru(4, ++hidden).bidirectional().build();
      String why = ops.plan(spec, PlanOptions.training(T, N)).describe();
      boolean listed = line.startsWith("9.9");
      assertEquals(listed, why.matches("(?s).*measured at .*, persistent [0-9.]+ ms.*"), why);
      boolean says = ops.plan(spec, NAMED).describe().contains("never chosen by auto");
      assertEquals(!listed, says);
    }
    for (String text : List.of("9.0 persistent", "9.0 persistent@FP32 a", "9.0 persistent@F a")) {
      Stream<String> lines = Stream.of(text);
      assertThrows(IllegalArgumentException.class, () -> ProvedAlgorithms.parse(lines), text);
    }
  }

  /** Only plans that ran; bound calls, too. */
  @Test
  void aGridThatGaveUpChangesThePlansThatRan() {
    RecurrentOps ops = together();
    RnnSpec spec = RnnSpec.gru(4, 6).build();
    PlanOptions options = PlanOptions.inference(T, N).algorithm("persistent");
    RecurrentPlan plan = ops.plan(spec, options);
    RecurrentPlan idle = ops.plan(spec, options);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, 4);
    Tensor y = ops.allocate(T, N, 6);
    Forward bound = plan.bindForward(ForwardArgs.of(params, x, y), null);
    Forward other = idle.bindForward(ForwardArgs.of(params, x, y), null);
    other.run();
    ops.synchronize();
    bound.run();
    device.report = new int[] {16, 0, 0, 3, 6};
    String message = assertThrows(CallAbandonedException.class, ops::synchronize).getMessage();
    assertTrue(message.contains("3 of 6 work-groups were there within 500 ms"), message);
    String stepped = "stepped/" + device.gemmForms().get(0);
    assertTrue(message.contains("their plans use " + stepped + " from now on"), message);
    assertEquals(stepped, plan.algorithm());
    assertEquals("persistent", idle.algorithm());
    String why = plan.describe();
    assertTrue(why.contains("instead of persistent, which gave up: 3 of 6"), why);
    device.recording = true;
    bound.run();
    assertEquals(0, device.enqueued.stream().filter(s -> s.contains("persistent")).count());
    assertEquals(T, device.enqueued.stream().filter(s -> s.startsWith("gru_forward@")).count());
    device.enqueued.clear();
    other.run();
    assertTrue(device.enqueued.contains("gru_forward_persistent@5"), device.enqueued.toString());
    ops.synchronize();
    assertEquals(1, ops.counters().launches(stepped + ".forward").get());
    assertEquals(3, ops.counters().launches("persistent.forward").get());
    bound.close();
    other.close();
  }

  @Test
  void refusalsSayWhatAndWhatToDo() {
    RecurrentOps ops = together();
    refused(
        ops,
        RnnSpec.of(CellType.GRU_RESET_BEFORE, 4, 6).build(),
        NAMED,
        "gru (reset after) cells, got ");
    refused(ops, RnnSpec.lstm(4, 6).projection(2).build(), NAMED, "does not have: projection");
    assertTrue(ops.supports(RnnSpec.lstm(4, 6).build(), NAMED.recompute(2)));
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

  /** Counted once for the same threads and shared memory; three of four are there. */
  @Test
  void gridsAreAsLargeAsTheResidentOnes() {
    RecurrentOps ops = together();
    PlanOptions options = PlanOptions.inference(T, N).algorithm("persistent");
    RnnSpec spec = RnnSpec.lstm(4, 48).build();
    device.report = new int[] {4, 3};
    String plan = ops.plan(spec, options).describe();
    assertTrue(plan.contains(", 3 work-groups with the weights of 16 units"), plan);
    long counted = ops.counters().launches("resident_blocks").get();
    assertEquals(2, counted, "one of four, one of three");
    ops.plan(spec, options);
    assertEquals(counted, ops.counters().launches("resident_blocks").get());
    device.report = new int[] {4, 3};
    refused(
        ops,
        RnnSpec.lstm(4, 100).build(),
        options,
        "H=100 on 3 multiprocessors, of 4 those on which work-groups were resident at once, is 34");
  }

  /** A driver that holds fewer work-groups than it has multiprocessors, under a limit for one. */
  @Test
  void whatTheDriverDoesNotLaunchIsRefused() {
    RecurrentOps ops = together();
    int buffers = device.liveBuffers;
    int blocks = device.openBlocks;
    device.refusesTogether = new DeviceException("too large (720)");
    refused(ops, RnnSpec.lstm(4, 6).build(), NAMED, "could not be counted: too large (720)");
    assertEquals(buffers, device.liveBuffers);
    assertEquals(blocks, device.openBlocks);
    device.refusesTogether = new DeviceException("lost", true, null);
    assertThrows(DeviceException.class, () -> ops.refusal(RnnSpec.lstm(4, 6).build(), NAMED));
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
          for (MathMode mode : MathMode.values()) {
            int owned =
                mode == MathMode.FP32 ? StripGrid.padded(spec) : TensorGrid.padded(spec, mode);
            covers(PersistentGrid.forward(spec, mode, limits, batch), limits, owned);
            covers(PersistentGrid.backward(spec, mode, limits, batch), limits, owned);
          }
        }
      }
    }
  }

  private static void covers(PersistentGrid grid, DeviceLimits limits, int hidden) {
    String what = grid + " for units " + hidden;
    assertTrue(grid.blocks() * grid.share() >= hidden, what);
    assertTrue((grid.blocks() - 1) * grid.share() < hidden, what);
    assertTrue(grid.blocks() <= limits.computeUnits(), what);
    assertTrue(grid.threads() % 32 == 0 && grid.threads() <= limits.maxGroupSize(), what);
  }

  /** What a kernel keeps in registers the host leaves out of its shared memory. */
  @Test
  void registersAreThoseOfTheKernelsFiles() {
    for (CellType cell : List.of(CellType.VANILLA_TANH, CellType.LSTM, CellType.GRU)) {
      int gates = cell.gates();
      RnnSpec spec = RnnSpec.of(cell, 2, 3).build();
      KernelId strip = PersistentKernels.of(spec, MathMode.FP32).orElseThrow().forward();
      String strips = KernelSource.read("cuda/" + strip.file() + ".cu");
      for (String pass : List.of("forward", "backward")) {
        String call = "strip_" + pass + "<" + gates + ", " + StripGrid.HELD + ">(";
        assertTrue(strips.contains(call), strip.file() + " has no " + call);
        KernelId roles = RoleKernels.of(strip, MathMode.FP32).loops();
        String text = KernelSource.read("cuda/" + roles.file() + ".cu");
        call = "roles_" + pass + "<" + gates + ",.* " + StripGrid.ROLE_HELD + ", .*_cell>";
        assertTrue(Pattern.compile(call).matcher(text).find(), roles.file() + " has no " + call);
      }
      KernelId kernel = PersistentKernels.of(spec, MathMode.BF16).orElseThrow().forward();
      String text = KernelSource.read("cuda/" + kernel.file() + ".cu");
      TensorGrid.Held forward = TensorGrid.forward(gates);
      TensorGrid.Held backward = TensorGrid.BACKWARD;
      for (String call :
          List.of(
              "tensor_forward<" + gates + ", " + forward.chunks() + ", " + forward.tiles() + ">(",
              "tensor_backward<" + gates + ", " + backward.chunks() + ", 1>(")) {
        assertTrue(text.contains(call), kernel.file() + " has no " + call);
      }
      for (boolean pass : new boolean[] {true, false}) {
        TensorGrid.Held held = TensorGrid.role(gates, pass);
        String call = held.chunks() + ", " + held.chunks() + ", " + held.tiles() + ", ";
        String template = "tensor_roles_" + (pass ? "forward<" : "backward<") + gates + ",.* ";
        assertTrue(Pattern.compile(template + call).matcher(text).find(), template + call);
      }
    }
  }

  /** Registers hold as much as shared memory, so that they decide what fits; memory half of all. */
  @Test
  void largestHiddenSizes() {
    DeviceLimits limits = new DeviceLimits(132, 256, 227 << 10, false, 0, 256);
    assertEquals(List.of(2112, 1728), largest(CellType.LSTM, limits));
    System.setProperty(Streaming.PROPERTY, "never");
    try {
      assertEquals(List.of(1440, 1280), largest(CellType.LSTM, limits));
      assertEquals(List.of(1716, 1584), largest(CellType.GRU, limits));
      assertEquals(List.of(2880, 2880), largest(CellType.VANILLA_TANH, limits));
    } finally {
      System.clearProperty(Streaming.PROPERTY);
    }
  }

  /** Half of the weights at most, in a plan's memory, and only for those who name it. */
  @Test
  void whatDoesNotFitIsReadFromMemory() {
    RecurrentOps ops = together();
    RnnSpec spec = RnnSpec.vanilla(4, 360).build();
    PlanOptions options = PlanOptions.inference(T, N).algorithm("persistent");
    String plan = ops.plan(spec, options).describe();
    assertTrue(
        plan.matches(
            "(?s).*92 units each on the chip but for 0\\.\\d+ of 0\\.\\d+ MB, read from"
                + " memory ahead of products for every 4 rows of a step, an exchange.*"),
        plan);
    String both = ops.plan(spec, NAMED).describe();
    assertTrue(both.contains(" MB (backward 0"), both);
    long memory = ops.plan(spec, options).workspaceBytes();
    System.setProperty(Streaming.PROPERTY, "never");
    try {
      refused(ops, spec, options, "of the weights at most 50 % are read from memory");
    } finally {
      System.clearProperty(Streaming.PROPERTY);
    }
    DeviceLimits limits = device.limits();
    Streaming some = PersistentGrid.forward(spec, MathMode.FP32, limits, N).streaming();
    assertTrue(memory > 4 * some.words(4) && some.streamed() > 0, memory + " for " + some);
    // fewer multiprocessors than it has memory for
    device.report = new int[] {4, 3};
    refused(ops, RnnSpec.vanilla(4, 340).build(), options, "on 3 multiprocessors, of 4 ");
  }

  /** Registers, shared memory and memory together have each unit once. */
  @Test
  void unitsAreSomewhere() {
    assertEquals(0b1010_1010, Streaming.spread(8, 4));
    assertEquals(0b1000_0000, Streaming.spread(8, 1));
    assertEquals(0b1111, Streaming.spread(4, 4));
    DeviceLimits limits = new DeviceLimits(132, 256, 227 << 10, false, 0, 256);
    for (MathMode mode : MathMode.values()) {
      RnnSpec spec = RnnSpec.lstm(4, mode.name().endsWith("16") ? 2300 : 1600).build();
      PersistentGrid forward = PersistentGrid.forward(spec, mode, limits, 16);
      for (PersistentGrid grid :
          List.of(forward, PersistentGrid.backward(spec, mode, limits, 16))) {
        Streaming some = grid.streaming();
        long inRing = some.ring() / some.unit();
        // in FP32 the last registers are for weights from memory
        int held = mode == MathMode.FP32 ? StripGrid.HELD - 1 : 8;
        assertTrue(grid.fits(limits) && some.plan() != 0, mode + ": " + grid);
        assertEquals(held, some.held(), mode + ": " + grid);
        assertTrue(2 * (some.streamed() - inRing) <= some.units(), mode + ": " + grid);
        // threads have no registers left beside the products of the LSTM's four gates
        boolean full = mode != MathMode.FP32 && grid == forward;
        assertEquals(full ? 2 : 0, inRing, mode + ": " + grid);
      }
    }
    // nine chunks of nine tiles, of which eight times four have registers
    Fragments lstm = new Fragments(TensorGrid.forward(4), 9, 9);
    assertEquals(49, lstm.inMemory(0));
    assertEquals(49 - 4 - 1 + 2 * 4, lstm.inMemory(2), "one of the units has one tile; the ring");
    Fragments gru = new Fragments(TensorGrid.forward(3), 9, 9);
    assertEquals(57 - 3 - 3, gru.inMemory(2), "into registers");
  }

  @Test
  void aWordThatIsNoPercentageIsRefused() {
    RecurrentOps ops = together();
    RnnSpec spec = RnnSpec.gru(4, 6).build();
    for (String wrong : List.of("101", "half", "-1", "")) {
      System.setProperty(Streaming.PROPERTY, wrong);
      try {
        Exception e =
            assertThrows(IllegalArgumentException.class, () -> ops.plan(spec, NAMED), wrong);
        assertTrue(e.getMessage().contains("expected percent, 0 to 100, or never"), e::getMessage);
      } finally {
        System.clearProperty(Streaming.PROPERTY);
      }
    }
  }

  /** In inference and in training. */
  private static List<Integer> largest(CellType cell, DeviceLimits limits) {
    int forward = 1;
    int both = 1;
    for (boolean fits = true; fits; forward += 4) {
      RnnSpec spec = RnnSpec.of(cell, 3, forward + 3).build();
      fits = PersistentGrid.forward(spec, MathMode.FP32, limits, 16).fits(limits);
      if (fits && both == forward) {
        both += PersistentGrid.backward(spec, MathMode.FP32, limits, 16).fits(limits) ? 4 : 0;
      }
    }
    return List.of(forward - 5, both - 1);
  }

  /** Every step has a plane of the mailbox, which is filled before the loop. */
  @ParameterizedTest
  @CsvSource({"FP32, persistent", "BF16, tensor"})
  void mailboxIsFilledBeforeEachLoop(MathMode mode, String kernels) {
    RecurrentOps ops = together();
    RnnSpec spec = RnnSpec.lstm(4, 6).bidirectional().build();
    RecurrentPlan plan = ops.plan(spec, NAMED.mathMode(mode));
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, 4);
    Tensor y = ops.allocate(T, N, 12);
    device.recording = true;
    plan.forward(ForwardArgs.of(params, x, y), plan.newReserve());
    List<String> loops =
        device.enqueued.stream().filter(s -> s.contains(kernels) || s.contains("fill")).toList();
    String launch = "lstm_forward_" + kernels + "@5";
    assertEquals(2, loops.stream().filter(launch::equals).count(), loops::toString);
    int first = loops.indexOf(launch);
    assertEquals("fill_rows", loops.get(first - 2), "the mailbox: " + loops);
    assertEquals("fill_rows", loops.get(first + 1), "the mailbox of the other one: " + loops);
    assertTrue(plan.describe().contains("written once"), plan.describe());
  }
}
