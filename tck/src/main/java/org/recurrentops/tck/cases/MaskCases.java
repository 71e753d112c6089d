package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.Direction;
import org.recurrentops.Forward;
import org.recurrentops.MaskingContract;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/**
 * Masks that lengths cannot express: rows padded on the left, and in between. All padding holds NaN
 * and infinities. Gaps under FREEZE_FILL come in device memory, where nothing is checked.
 */
final class MaskCases {
  private static final int T = 6;
  private static final int N = 5;

  /** Left-padded, none, all, right-padded, both sides. */
  private static final int[] SIDES = {
    0, 0, 1, 1, 0, //
    0, 0, 1, 1, 0, //
    1, 0, 1, 1, 1, //
    1, 0, 1, 0, 1, //
    1, 0, 1, 0, 1, //
    1, 0, 1, 0, 0
  };

  private static final int[] GAPS = {
    1, 0, 0, 1, 0, //
    0, 0, 1, 0, 1, //
    0, 1, 0, 0, 1, //
    1, 0, 1, 0, 0, //
    1, 0, 0, 0, 1, //
    0, 0, 1, 1, 1
  };

  private MaskCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      for (MaskingContract masking : MaskingContract.values()) {
        for (Direction direction : Direction.values()) {
          RnnSpec spec = cell.spec(5, 7).masking(masking).direction(direction).layers(2).build();
          Trial gaps = Trial.of(spec, T, N).mask(GAPS);
          boolean unchecked = masking == MaskingContract.FREEZE_FILL;
          String name = cell.label() + " " + masking + " " + direction;
          add(cases, name + " gaps", unchecked ? gaps.deviceMask() : gaps);
        }
      }
      addForCell(cases, cell);
    }
    return cases;
  }

  private static void addForCell(List<ConformanceCase> cases, Cells cell) {
    String name = cell.label();
    RnnSpec both = cell.spec(5, 7).bidirectional().layers(2).fillValue(-1.5f).build();
    RnnSpec carry = cell.spec(5, 7).bidirectional().masking(MaskingContract.CARRY).build();
    RnnSpec dropped = cell.spec(5, 7).layers(2).dropout(0.4).build();
    add(cases, name + " padded on both sides", Trial.of(both, T, N).mask(SIDES));
    add(cases, name + " on both sides, indices", Trial.of(dropped, T, N).mask(SIDES).indexed());
    add(
        cases,
        name + " device mask, batch-major, windows",
        Trial.of(carry, T, N).mask(GAPS).deviceMask().batchMajor().placement(Placement.STRIDED));
    add(
        cases,
        name + " host mask, batch-major, inference",
        Trial.of(carry, T, N).mask(GAPS).batchMajor().inference());
    RnnSpec wide = cell.spec(3, 33).masking(MaskingContract.ZERO_STATE).build();
    add(cases, name + " many sites", Trial.of(wide, 41, 19).mask(striped(41, 19)));
    cases.add(ConformanceCase.ofPlan("masks", name + " bound call", c -> bound(c, carry)));
  }

  /** More steps than one launch carries, and valid runs of every length. */
  private static int[] striped(int steps, int batch) {
    int[] mask = new int[steps * batch];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (i / batch + 1) % (i % batch + 2) == 0 ? 0 : 1;
    }
    return mask;
  }

  private static void add(List<ConformanceCase> cases, String name, Trial trial) {
    cases.add(ConformanceCase.ofPlan("masks", name, c -> trial.seed(c.seed()).run(c)));
  }

  /** A bound call changes from lengths to a mask, to another one, to nothing. */
  private static void bound(ConformanceContext context, RnnSpec spec) {
    Trial[] trials = {
      Trial.of(spec, T, N).seed(context.seed()).lengths(2, 6, 0, 3, 1),
      Trial.of(spec, T, N).seed(context.seed() + 1).mask(GAPS),
      Trial.of(spec, T, N).seed(context.seed() + 2).mask(SIDES),
      Trial.of(spec, T, N).seed(context.seed() + 3)
    };
    try (RecurrentPlan plan = context.plan(spec, trials[0].options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trials[0])) {
      call.upload();
      try (Forward forward = plan.bindForward(call.forwardArgs(), reserve)) {
        for (Trial t : trials) {
          call.use(t);
          if (t.mask != null) {
            byte[] mine = t.mask.clone();
            forward.mask(mine);
            java.util.Arrays.fill(mine, (byte) 1);
          } else {
            forward.lengths(t.lengths);
          }
          forward.run();
          call.backward();
          call.checkForward();
          call.checkBackward();
        }
      }
    }
  }
}
