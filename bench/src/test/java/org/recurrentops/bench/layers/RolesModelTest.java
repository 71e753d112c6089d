package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.MathMode;

class RolesModelTest {
  private static final RolesModel MODEL = RolesModel.H200;

  private static LayerShape shape(String text) {
    return LayerShape.parse(text);
  }

  /** Where one loop leaves most of the card idle, but not where layers are busy with products. */
  @Test
  void oneLaunchPaysForBatchesOfSmallLayers() {
    LayerShape s = shape("lstm-t50n64c128h128");
    for (Pass pass : Pass.values()) {
      double apart = MODEL.directionsApart(s, pass, MathMode.FP32).getAsDouble();
      double together = MODEL.directionsTogether(s, pass, MathMode.FP32).getAsDouble();
      assertTrue(together < 0.65 * apart && together > 0.45 * apart, together + " " + apart);
      double inTurn = MODEL.inTurn(s, 4, pass, MathMode.FP32).getAsDouble();
      double wave = MODEL.inWave(s, 4, pass, MathMode.FP32).getAsDouble();
      assertTrue(wave < 0.85 * inTurn && wave > 0.25 * inTurn, wave + " " + inTurn);
    }
    LayerShape row = shape("lstm-t1000n1c256h256");
    double apart = MODEL.directionsApart(row, Pass.TRAINING, MathMode.FP32).getAsDouble();
    assertTrue(
        MODEL.directionsTogether(row, Pass.TRAINING, MathMode.FP32).getAsDouble() < 0.65 * apart);
    LayerShape busy = shape("lstm-t50n32c512h512");
    double inTurn = MODEL.inTurn(busy, 2, Pass.FORWARD, MathMode.FP32).getAsDouble();
    assertTrue(MODEL.inWave(busy, 2, Pass.FORWARD, MathMode.FP32).getAsDouble() > inTurn);
  }

  @Test
  void whatDoesNotFitIsNotPredicted() {
    LayerShape s = shape("lstm-t50n16c1024h1024");
    assertTrue(MODEL.directionsApart(s, Pass.FORWARD, MathMode.FP32).isPresent());
    assertTrue(MODEL.inWave(s, 4, Pass.FORWARD, MathMode.FP32).isEmpty());
    String table = new RolesPrediction(MODEL, "x").markdown(List.of(s), List.of(MathMode.FP32));
    assertEquals(
        2, table.lines().filter(l -> l.startsWith("| lstm-") && l.endsWith("– |")).count());
  }

  /** The same on tensor cores, whose products leave more of the card idle. */
  @Test
  void oneLaunchPaysOnTensorCores() {
    LayerShape s = shape("lstm-t50n16c256h256");
    LayerShape large = shape("lstm-t50n16c1536h1536");
    for (MathMode mode : List.of(MathMode.TF32, MathMode.BF16, MathMode.FP16)) {
      for (Pass pass : Pass.values()) {
        double apart = MODEL.directionsApart(s, pass, mode).getAsDouble();
        double together = MODEL.directionsTogether(s, pass, mode).getAsDouble();
        assertTrue(together < 0.75 * apart && together > 0.45 * apart, together + " " + apart);
        double inTurn = MODEL.inTurn(s, 4, pass, mode).getAsDouble();
        double wave = MODEL.inWave(s, 4, pass, mode).getAsDouble();
        double most = pass == Pass.FORWARD ? 1.1 : 0.85; // registers for a half of W and of R each
        assertTrue(wave < most * inTurn && wave > 0.25 * inTurn, wave + " " + inTurn);
        assertTrue(MODEL.directionsApart(large, pass, mode).isPresent(), mode + " " + pass);
        assertTrue(MODEL.inWave(large, 4, pass, mode).isEmpty(), mode + " " + pass);
      }
    }
  }

  /** Small layers leave room for each other's clusters; of larger ones too few live at once. */
  @Test
  void layersInClustersOfTheirOwnPayWhereAllFit() {
    OneClusterModel clusters = OneClusterModel.H200;
    LayerShape s = shape("lstm-t50n16c128h128");
    for (MathMode mode : List.of(MathMode.FP32, MathMode.TF32, MathMode.BF16)) {
      double inTurn = clusters.inTurn(s, 4, Pass.FORWARD, mode).getAsDouble();
      double wave = clusters.inWave(s, 4, Pass.FORWARD, mode).getAsDouble();
      assertTrue(wave < 0.7 * inTurn && wave > 0.2 * inTurn, mode + ": " + wave + " " + inTurn);
    }
    LayerShape large = shape("lstm-t50n64c512h512");
    assertTrue(clusters.inTurn(large, 4, Pass.FORWARD, MathMode.BF16).isPresent());
    assertTrue(clusters.inWave(large, 4, Pass.FORWARD, MathMode.BF16).isEmpty());
    String table =
        new ClusterRolesPrediction(clusters, "x").markdown(List.of(s), List.of(MathMode.FP32));
    assertEquals(2, table.lines().filter(l -> l.startsWith("| lstm-")).count());
  }
}
