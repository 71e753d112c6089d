package org.recurrentops.tck;

/**
 * One statement about a backend, checked on its own.
 *
 * @param group topic, such as {@code lengths}
 * @param name what is checked, unique within the group
 * @param perAlgorithm whether it runs once per algorithm; otherwise once per device
 * @param body throws {@link ConformanceFailure} if the statement does not hold
 */
public record ConformanceCase(String group, String name, boolean perAlgorithm, Body body) {

  /** What a case does. */
  @FunctionalInterface
  public interface Body {
    /**
     * Checks the statement.
     *
     * @param context device and algorithm under test
     * @throws Exception anything but {@link RefusedException} is a failure
     */
    void run(ConformanceContext context) throws Exception;
  }

  /**
   * A case about plans, run with every algorithm.
   *
   * @param group topic
   * @param name what is checked
   * @param body how
   * @return the case
   */
  public static ConformanceCase ofPlan(String group, String name, Body body) {
    return new ConformanceCase(group, name, true, body);
  }

  /**
   * A case about the device, run once.
   *
   * @param group topic
   * @param name what is checked
   * @param body how
   * @return the case
   */
  public static ConformanceCase ofDevice(String group, String name, Body body) {
    return new ConformanceCase(group, name, false, body);
  }

  /**
   * Full name, also what seeds the case's data.
   *
   * @return such as {@code lengths/carry reverse gru}
   */
  public String id() {
    return group + "/" + name;
  }
}
