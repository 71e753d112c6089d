package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.recurrentops.BiasMode;
import org.recurrentops.Direction;
import org.recurrentops.MaskingContract;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.tck.ConformanceCase;

/** Combinations nobody thought of: seeded draws over everything a trial can vary. */
final class RandomCases {
  private static final int COUNT = 200;
  private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33};

  private RandomCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      int draw = i;
      cases.add(
          ConformanceCase.ofPlan("random", "draw " + i, c -> trial(new Random(draw), draw).run(c)));
    }
    return cases;
  }

  private static <V> V pick(Random random, List<V> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static RnnSpec spec(Random random) {
    int c = SIZES[random.nextInt(SIZES.length)];
    int h = SIZES[random.nextInt(SIZES.length)];
    MaskingContract masking = pick(random, List.of(MaskingContract.values()));
    RnnSpecBuilder b =
        pick(random, Cells.all())
            .spec(c, h)
            .layers(1 + random.nextInt(3))
            .direction(pick(random, List.of(Direction.values())))
            .bias(pick(random, List.of(BiasMode.values())))
            .masking(masking);
    if (masking == MaskingContract.FREEZE_FILL && random.nextBoolean()) {
      b.fillValue(0.75f);
    }
    return random.nextInt(3) == 0 ? b.dropout(0.4).build() : b.build();
  }

  private static Trial trial(Random random, int seed) {
    int steps = 1 + random.nextInt(12);
    int batch = 1 + random.nextInt(9);
    Trial t = Trial.of(spec(random), steps, batch).seed(seed);
    t.placement(pick(random, List.of(Placement.values())));
    t.dropout(random.nextLong(), random.nextInt(1000));
    if (random.nextBoolean()) {
      t.lengths(random.ints(batch, 0, steps + 1).toArray());
      t.deviceLengths = random.nextInt(3) == 0;
    }
    if (random.nextInt(4) == 0) {
      t.indexed();
    }
    t.initialState = random.nextInt(3) > 0;
    t.finalState = random.nextInt(4) > 0;
    t.wantsY = random.nextInt(4) > 0;
    t.dyGiven = random.nextInt(5) > 0;
    t.finalGradient = random.nextInt(3) > 0;
    t.wantsInitialGradient = random.nextInt(3) > 0;
    t.accumulate = random.nextInt(3) == 0;
    t.batchMajor = random.nextInt(3) == 0;
    t.packed = random.nextInt(4) == 0;
    t.inference = random.nextInt(5) == 0;
    t.carriedInPlace = t.initialState && t.finalState && random.nextInt(4) == 0;
    if (t.lengths == null && random.nextInt(2) == 0) {
      t.mask(random.ints((long) steps * batch, 0, 2).toArray());
      boolean unchecked = t.spec.masking() == MaskingContract.FREEZE_FILL;
      t.deviceMask = unchecked || random.nextBoolean();
    }
    t.stateSequences = random.nextInt(3) == 0;
    return t;
  }
}
