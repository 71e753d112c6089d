package org.recurrentops.bench.run;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.recurrentops.MathMode;
import org.recurrentops.bench.layers.LayerShape;

/**
 * What a run was asked for.
 *
 * @param profile says the shapes where none are asked for
 * @param whats what to time
 * @param shapes instead of the profile's, or null
 * @param backends devices and peers
 * @param algorithms what plans are asked for
 * @param modes arithmetic of the products
 * @param threads of the CPU, 0 for one per processor
 * @param recompute what training plans keep, as in {@link Combination#recompute()}
 */
record Selection(
    Profile profile,
    List<What> whats,
    List<LayerShape> shapes,
    List<String> backends,
    List<String> algorithms,
    List<MathMode> modes,
    List<Integer> threads,
    List<String> recompute) {

  /**
   * The backend changes fastest, so that all see the same machine, and what is compared with
   * ordinary values comes right behind them.
   */
  List<Combination> combinations() {
    List<Combination> all = new ArrayList<>();
    for (What what : whats) {
      if (what.ofMachine()) {
        all.add(Combination.ofMachine(what));
        continue;
      }
      for (LayerShape shape : shapes == null ? profile.shapes(what) : shapes) {
        if (what == What.ABLATION) {
          addRungs(shape, all);
        } else {
          addEach(what, shape, all);
        }
      }
    }
    all.removeIf(c -> !c.exists());
    return besideOrdinary(all.stream().distinct().toList());
  }

  private static List<Combination> besideOrdinary(List<Combination> all) {
    Set<Combination> ordered = new LinkedHashSet<>();
    for (Combination c : all) {
      if (c.ordinary() == c || !all.contains(c.ordinary())) {
        ordered.add(c);
        all.stream().filter(o -> o.ordinary().equals(c)).forEach(ordered::add);
      }
    }
    return List.copyOf(ordered);
  }

  private void addRungs(LayerShape shape, List<Combination> all) {
    if (!backends.contains(Combination.CPU)) {
      return;
    }
    for (Rung rung : Rung.values()) {
      all.add(
          new Combination(
              What.ABLATION.toString(),
              shape.toString(),
              Combination.CPU,
              rung.toString(),
              MathMode.FP32.name(),
              rung.threads()));
    }
  }

  private void addEach(What what, LayerShape shape, List<Combination> all) {
    for (MathMode mode : modes) {
      for (String algorithm : algorithms) {
        for (int count : threads) {
          for (String again : recompute) {
            addBackends(what.toString(), shape.toString(), algorithm, mode, count, again, all);
          }
        }
      }
    }
  }

  private void addBackends(
      String what,
      String shape,
      String algorithm,
      MathMode mode,
      int count,
      String again,
      List<Combination> all) {
    for (String backend : backends) {
      all.add(new Combination(what, shape, backend, algorithm, mode.name(), count, again));
    }
  }
}
