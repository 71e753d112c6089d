package org.recurrentops.bench.layers;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.recurrentops.DeviceInfo;
import org.recurrentops.RecurrentPlan;

/**
 * What a fork ran on, told to the runner through a file, because JMH carries numbers only.
 *
 * @param device that was opened
 * @param algorithm that the plan chose
 * @param plan its description
 * @param planBytes workspace and reserve that it holds; null where there is no plan
 * @param phases milliseconds of a call by phase; null where phases are not timed
 */
public record RunNote(
    DeviceInfo device, String algorithm, String plan, Long planBytes, Map<String, Double> phases) {
  /** System property with the path of the file; without it nothing is written. */
  public static final String PROPERTY = "recurrentops.bench.note";

  /**
   * Notes what a fork runs on.
   *
   * @param device that was opened
   * @param plan that it runs
   * @return the note
   */
  public static RunNote of(DeviceInfo device, RecurrentPlan plan) {
    long bytes = plan.workspaceBytes() + plan.reserveBytes();
    return new RunNote(device, plan.algorithm(), plan.describe(), bytes, null);
  }

  /**
   * Notes what a fork runs on that has no plan.
   *
   * @param device that was opened
   * @param algorithm what runs there
   * @param detail for people
   * @return the note
   */
  public static RunNote ofNoPlan(DeviceInfo device, String algorithm, String detail) {
    return new RunNote(device, algorithm, detail, null, null);
  }

  /** The same with the phases of its calls. */
  RunNote withPhases(Map<String, Double> phases) {
    return new RunNote(device, algorithm, plan, planBytes, phases);
  }

  /** Writes the file that the property names, if one is named. */
  public void write() {
    String file = System.getProperty(PROPERTY);
    if (file == null) {
      return;
    }
    try {
      Files.writeString(Path.of(file), new Gson().toJson(this));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a note.
   *
   * @param file that a fork wrote
   * @return the note
   * @throws IOException if it cannot be read
   */
  public static RunNote read(Path file) throws IOException {
    return new Gson().fromJson(Files.readString(file), RunNote.class);
  }
}
