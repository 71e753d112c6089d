package org.recurrentops.examples.chars;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recurrentops.DeviceInfo;

/**
 * A training run at rest.
 *
 * @param config its choices
 * @param codePoints its vocabulary
 * @param textFingerprint of the text it was trained on
 * @param environment what must be the same for bit-identical numbers: JDK, backend, instructions
 * @param tuning decision of the plan
 * @param state parameters, moments, step, cursor, states, random counters
 * @param history losses so far
 */
public record Checkpoint(
    CharsConfig config,
    int[] codePoints,
    String textFingerprint,
    Map<String, String> environment,
    String tuning,
    TrainerState state,
    LossHistory history) {

  /**
   * Describes this process.
   *
   * @param device the open device
   * @return JDK, backend and instruction path
   */
  public static Map<String, String> environmentOf(DeviceInfo device) {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("jdk", System.getProperty("java.runtime.version", "?"));
    m.put("architecture", System.getProperty("os.arch", "?"));
    m.put("backend", device.id());
    m.put("device", device.name());
    m.put("instructions", device.detail());
    return m;
  }

  /**
   * Compares with another process.
   *
   * @param other its environment
   * @return what differs, for people; empty if numbers will be bit-identical
   */
  public List<String> differences(Map<String, String> other) {
    List<String> different = new ArrayList<>();
    environment.forEach(
        (key, value) -> {
          String now = other.getOrDefault(key, "?");
          if (!now.equals(value)) {
            different.add(key + " was '" + value + "', is '" + now + "'");
          }
        });
    return different;
  }
}
