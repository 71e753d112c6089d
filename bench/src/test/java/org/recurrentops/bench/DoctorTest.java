package org.recurrentops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DoctorTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(args);
  }

  @Test
  void jsonNamesEveryBackendOnTheClassPathWithDevicesOrAReason() {
    int exit = run("doctor", "--json");
    JsonObject found = JsonParser.parseString(out.toString()).getAsJsonObject();
    List<String> names = new ArrayList<>();
    for (JsonElement e : found.getAsJsonArray("backends")) {
      JsonObject backend = e.getAsJsonObject();
      names.add(backend.get("name").getAsString());
      boolean hasDevices = !backend.getAsJsonArray("devices").isEmpty();
      assertEquals(hasDevices, backend.get("available").getAsBoolean(), backend::toString);
      assertEquals(hasDevices, backend.get("reason").getAsString().isEmpty(), backend::toString);
    }
    assertTrue(names.containsAll(List.of("cuda", "opencl", "cpu")), names::toString);
    assertEquals(found.has("selected") ? 0 : 1, exit);
  }

  @Test
  void textSaysWhichDeviceIsSelectedOrWhyNone() {
    int exit = run("doctor");
    String last = out.toString().lines().reduce((a, b) -> b).orElse("");
    assertTrue(last.startsWith("selected   "), out::toString);
    boolean on = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    String vector = on ? "vector api on;" : "vector api off in this JVM;";
    assertTrue(out.toString().contains(vector), out::toString);
    assertEquals(last.contains("none: ") ? 1 : 0, exit);
  }

  @Test
  void wrongUsageIsExitCodeTwoWithoutStackTrace() {
    assertEquals(2, run("doctor", "--xml"));
    assertEquals(2, run());
    assertFalse(err.toString().contains("\tat "), err::toString);
  }
}
