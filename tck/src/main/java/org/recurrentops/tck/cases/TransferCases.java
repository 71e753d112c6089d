package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recurrentops.DType;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.RecurrentOps;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/** Upload, download and borrowed memory. */
final class TransferCases {
  private static final int[][] SHAPES = {{1}, {33}, {4, 7}, {3, 5, 2}, {2, 0, 3}, {0}, {70_001}};

  private TransferCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (int[] shape : SHAPES) {
      for (Placement p : Placement.values()) {
        add(cases, Arrays.toString(shape) + " " + p, c -> roundTrip(c, shape, p));
      }
    }
    add(cases, "int32 columns", TransferCases::intColumns);
    add(cases, "wrong arguments", TransferCases::wrongArguments);
    add(cases, "wrapped array", TransferCases::wrapped);
    add(cases, "too large an allocation", TransferCases::tooLarge);
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, ConformanceCase.Body body) {
    cases.add(ConformanceCase.ofDevice("transfer", name, body));
  }

  /** Values go up through the view and come down through the allocation, and the other way. */
  private static void roundTrip(ConformanceContext context, int[] shape, Placement placement) {
    try (MathTensors t = new MathTensors(context, placement)) {
      float[] values = t.uniform(shape);
      if (values.length > 2) {
        values[1] = Float.NaN;
        values[2] = -0f;
      }
      GuardedTensor x = t.out("x", shape);
      x.view().upload(values);
      Expect.sameBits("uploaded", values, x.get(), t.where());
      Expect.sameBits("downloaded", values, x.view().toFloats(), t.where());
      float[] reused = values.clone();
      x.view().upload(reused);
      Arrays.fill(reused, 77);
      Expect.sameBits("array reused after upload", values, x.get(), t.where());
    }
  }

  private static void intColumns(ConformanceContext context) {
    try (MathTensors t = new MathTensors(context, Placement.STRIDED)) {
      int[] values = {0, 1, 2, 3, 4, 5};
      GuardedTensor x = t.in("x", values, 2, 3);
      int[] columns = x.view().transpose(0, 1).toInts();
      int[] expected = {0, 3, 1, 4, 2, 5};
      for (int i = 0; i < 6; i++) {
        Expect.equal("transposed element " + i, expected[i], columns[i]);
      }
      x.view().transpose(0, 1).upload(expected);
      t.checkInputs();
    }
  }

  private static void wrongArguments(ConformanceContext context) {
    try (Tensor t = context.ops().allocate(2, 3)) {
      Class<IllegalArgumentException> iae = IllegalArgumentException.class;
      Expect.refusal("too short", iae, () -> t.upload(new float[5]), "expected 6", "got 5");
      Expect.refusal("too long", iae, () -> t.download(new float[7]), "expected 6", "got 7");
      Expect.refusal("ints to floats", iae, () -> t.upload(new int[6]), "F32", "got");
      Tensor closed = context.ops().allocate(3);
      closed.close();
      closed.close();
      Class<IllegalStateException> ise = IllegalStateException.class;
      Expect.refusal("closed", ise, () -> closed.upload(new float[3]), "expected", "closed");
      Expect.refusal("closed", ise, closed::toFloats, "expected", "closed");
    }
  }

  /** Either the device reads the array in place, or it says that it cannot. */
  private static void wrapped(ConformanceContext context) {
    RecurrentOps ops = context.ops();
    float[] array = {1, 2, 3, 4, 5, 6};
    Tensor borrowed;
    try {
      borrowed = ops.wrap(array, 2, 3);
    } catch (UnsupportedSpecException e) {
      Expect.that(e.getMessage().contains("wrap"), "wrap: expected a reason, got: " + e);
      return;
    }
    try (borrowed;
        Tensor sum = ops.allocate(2, 3)) {
      ops.math().fill(sum, 1);
      array[5] = 60;
      ops.math().addScaled(borrowed, 2, sum);
      Expect.sameBits("read", new float[] {3, 5, 7, 9, 11, 121}, sum.toFloats(), "wrapped array");
      ops.math().copy(sum, borrowed);
      ops.synchronize();
      Expect.sameBits("written", new float[] {3, 5, 7, 9, 11, 121}, array, "wrapped array");
    }
  }

  private static void tooLarge(ConformanceContext context) {
    long live = context.ops().counters().snapshot().liveAllocations();
    Expect.refusal(
        "2^61 elements", OutOfDeviceMemoryException.class, () -> context.ops().allocate(1L << 61));
    Expect.equal("live allocations", live, context.ops().counters().snapshot().liveAllocations());
    try (Tensor small = context.ops().allocate(DType.F32, 3)) {
      small.upload(new float[] {1, 2, 3});
    }
  }
}
