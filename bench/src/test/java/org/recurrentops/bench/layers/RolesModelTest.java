package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

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
      double apart = MODEL.directionsApart(s, pass).getAsDouble();
      double together = MODEL.directionsTogether(s, pass).getAsDouble();
      assertTrue(together < 0.65 * apart && together > 0.45 * apart, together + " " + apart);
      double inTurn = MODEL.inTurn(s, 4, pass).getAsDouble();
      double wave = MODEL.inWave(s, 4, pass).getAsDouble();
      assertTrue(wave < 0.85 * inTurn && wave > 0.25 * inTurn, wave + " " + inTurn);
    }
    LayerShape row = shape("lstm-t1000n1c256h256");
    double apart = MODEL.directionsApart(row, Pass.TRAINING).getAsDouble();
    assertTrue(MODEL.directionsTogether(row, Pass.TRAINING).getAsDouble() < 0.65 * apart);
    LayerShape busy = shape("lstm-t50n32c512h512");
    double inTurn = MODEL.inTurn(busy, 2, Pass.FORWARD).getAsDouble();
    assertTrue(MODEL.inWave(busy, 2, Pass.FORWARD).getAsDouble() > inTurn);
  }

  @Test
  void whatDoesNotFitIsNotPredicted() {
    LayerShape s = shape("lstm-t50n16c1024h1024");
    assertTrue(MODEL.directionsApart(s, Pass.FORWARD).isPresent());
    assertTrue(MODEL.inWave(s, 4, Pass.FORWARD).isEmpty());
    String table = new RolesPrediction(MODEL, "x").markdown(List.of(s));
    assertEquals(
        2, table.lines().filter(l -> l.startsWith("| lstm-") && l.endsWith("– |")).count());
  }
}
