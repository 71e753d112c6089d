package org.recurrentops.cpu;

/**
 * Two stages of which none reads what the other writes. Odd steps have them in turned order, so
 * that a step begins with weights that are still in a core's own cache. Both may add to the same
 * sums, which are then rounded in that order.
 */
final class Together implements Stage {
  private final Stage first;
  private final Stage second;

  Together(Stage first, Stage second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public boolean readsOwnUnits() {
    return first.readsOwnUnits() && second.readsOwnUnits();
  }

  @Override
  public boolean writesOwnUnits() {
    return first.writesOwnUnits() && second.writesOwnUnits();
  }

  @Override
  public Phase phase() {
    return first.phase();
  }

  @Override
  public void run(Worker w, int t) {
    boolean turned = (t & 1) == 1;
    (turned ? second : first).run(w, t);
    (turned ? first : second).run(w, t);
  }

  @Override
  public void runWithZero(Worker w, int t, Slab zero) {
    first.runWithZero(w, t, zero);
    second.runWithZero(w, t, zero);
  }

  @Override
  public void runWithout(Worker w, int t, Slab unread) {
    first.runWithout(w, t, unread);
    second.runWithout(w, t, unread);
  }
}
