package org.recurrentops;

/**
 * Choices that change the equations of a cell. {@link RnnSpecBuilder} makes and checks them.
 *
 * @param peepholes see {@link RnnSpecBuilder#peepholes()}
 * @param coupledInputForget see {@link RnnSpecBuilder#coupledInputForget()}
 * @param cellClip bound of c, infinite for none
 * @param preActivationClip bound of the activations' arguments, infinite for none
 */
public record CellOptions(
    boolean peepholes, boolean coupledInputForget, float cellClip, float preActivationClip) {

  /** The equations of {@link CellType} as they stand there. */
  static final CellOptions NONE =
      new CellOptions(false, false, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY);

  /** Part of a spec's label; empty for {@link #NONE}. */
  String label() {
    return (peepholes ? " peepholes" : "")
        + (coupledInputForget ? " coupled" : "")
        + bound(" cell-clip ", cellClip)
        + bound(" clip ", preActivationClip);
  }

  private static String bound(String name, float bound) {
    return bound == Float.POSITIVE_INFINITY ? "" : name + bound;
  }
}
