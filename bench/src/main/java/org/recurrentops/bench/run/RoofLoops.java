package org.recurrentops.bench.run;

/** What one core can do at most, in loops that do nothing else. */
interface RoofLoops {
  /**
   * v → m·v + s, again and again, the values held in registers.
   *
   * @param values a multiple of {@link #BLOCK} of them
   * @param rounds multiply-adds of each
   */
  void multiplyAdd(float[] values, int rounds, float m, float s);

  /**
   * Reads values once, and adds them up in some partial sums.
   *
   * @param values among others those that are read
   * @param from the first of them
   * @param count how many, a multiple of {@link #BLOCK}
   * @param sums as many as a block has
   */
  void read(float[] values, int from, int count, float[] sums);

  /** Values that are held at a time: 12 vectors of 512 bits, or of a part of that. */
  int BLOCK = 192;

  /** In the Vector API where it is in this JVM, else in plain Java. */
  static RoofLoops ofThisJvm() {
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return vectors ? new VectorRoofLoops() : new PlainRoofLoops();
  }
}
