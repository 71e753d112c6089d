package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;

class LayerReportTest {
  private static LayerResult result(Pass pass, String backend, double... millis) {
    LayerRun run = new LayerRun(LayerShape.parse("gru-t2n3c5h7"), pass, backend, "auto");
    DeviceInfo device = new DeviceInfo(backend, backend, DeviceKind.CPU, "a", 0, "b");
    return LayerResult.of(run, RunNote.ofNoPlan(device, "stepped", ""), millis);
  }

  @Test
  void mediansAndQuartilesAreThoseOfAllSamples() {
    LayerResult r = result(Pass.FORWARD, "cpu", 9, 1, 3, 2, 4);
    assertEquals(3, r.medianMillis());
    assertEquals(2, r.p25Millis());
    assertEquals(4, r.p75Millis());
    assertEquals(5, r.samples());
    // 3024 operations in 3 ms
    assertEquals(3024 / 3e-3 / 1e9, r.gflops(), 1e-15);
    assertEquals(2.5, result(Pass.FORWARD, "cpu", 1, 4, 3, 2).medianMillis());
  }

  @Test
  void ratioIsThroughputAgainstTheCpuAtTheSameShapeAndPass() {
    LayerReport report =
        new LayerReport(
            null,
            List.of(
                result(Pass.FORWARD, "cpu", 2),
                result(Pass.FORWARD, "opencl", 4),
                result(Pass.TRAINING, "opencl", 4)));
    List<String> rows = report.table().lines().skip(2).toList();
    assertTrue(rows.get(0).endsWith("| 1.00 |"), rows.get(0));
    assertTrue(rows.get(1).endsWith("| 0.50 |"), rows.get(1));
    assertTrue(rows.get(2).endsWith("| – |"), rows.get(2));
  }

  @Test
  void backendsTakeTurnsWithinAShapeAndPass() {
    List<LayerShape> shapes =
        List.of(LayerShape.parse("gru-t2n3c5h7"), LayerShape.parse("lstm-t2n3c5h7"));
    List<String> order =
        LayerRun.interleaved(shapes, List.of(Pass.values()), List.of("cpu", "opencl"), "auto")
            .stream()
            .map(LayerRun::toString)
            .toList();
    assertEquals(
        List.of(
            "gru-t2n3c5h7 forward cpu",
            "gru-t2n3c5h7 forward opencl",
            "gru-t2n3c5h7 training cpu",
            "gru-t2n3c5h7 training opencl"),
        order.subList(0, 4));
    assertEquals(8, order.size());
  }
}
