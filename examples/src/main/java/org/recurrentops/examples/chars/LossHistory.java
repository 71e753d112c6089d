package org.recurrentops.examples.chars;

import java.util.ArrayList;
import java.util.List;

/** Losses over the steps of a run, resumed ones included. */
public final class LossHistory {
  /**
   * One value.
   *
   * @param step steps done
   * @param loss nats per character
   */
  public record Point(long step, double loss) {}

  private final List<Point> training = new ArrayList<>();
  private final List<Point> validation = new ArrayList<>();

  /**
   * Training losses.
   *
   * @return live list in the order of steps
   */
  public List<Point> training() {
    return training;
  }

  /**
   * Validation losses.
   *
   * @return live list in the order of steps
   */
  public List<Point> validation() {
    return validation;
  }
}
