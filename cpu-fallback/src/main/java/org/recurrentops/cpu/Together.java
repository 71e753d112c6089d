package org.recurrentops.cpu;

/**
 * Two stages that need nothing of each other but what a worker did itself, in this order at even
 * steps. If they need nothing at all, odd steps have the other one: a step then begins with weights
 * that are still in a core's own cache.
 */
final class Together implements Stage {
  private final Stage first;
  private final Stage second;
  private final boolean alternates;

  private Together(Stage first, Stage second, boolean alternates) {
    this.first = first;
    this.second = second;
    this.alternates = alternates;
  }

  /** The second after the first. */
  static Together inOrder(Stage first, Stage second) {
    return new Together(first, second, false);
  }

  /** In any order. */
  static Together alternating(Stage first, Stage second) {
    return new Together(first, second, true);
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
    boolean turned = alternates && (t & 1) == 1;
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
