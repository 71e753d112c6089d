package org.recurrentops.bench.layers;

import java.util.ArrayList;
import java.util.List;

/**
 * One combination to be timed.
 *
 * @param shape of the layer
 * @param pass forward or training
 * @param backend to be opened
 * @param algorithm to be asked for
 */
record LayerRun(LayerShape shape, Pass pass, String backend, String algorithm) {
  /** All combinations; the backend changes fastest, so that both see the same machine. */
  static List<LayerRun> interleaved(
      List<LayerShape> shapes, List<Pass> passes, List<String> backends, String algorithm) {
    List<LayerRun> runs = new ArrayList<>();
    for (LayerShape shape : shapes) {
      for (Pass pass : passes) {
        for (String backend : backends) {
          runs.add(new LayerRun(shape, pass, backend, algorithm));
        }
      }
    }
    return runs;
  }

  @Override
  public String toString() {
    return shape + " " + pass + " " + backend;
  }
}
