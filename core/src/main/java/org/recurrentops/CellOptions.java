package org.recurrentops;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Choices that change the equations of a cell. {@link RnnSpecBuilder} makes and checks them.
 *
 * @param peepholes see {@link RnnSpecBuilder#peepholes()}
 * @param coupledInputForget see {@link RnnSpecBuilder#coupledInputForget()}
 * @param cellClip bound of c, infinite for none
 * @param preActivationClip bound of the activations' arguments, infinite for none
 * @param activations those of one direction, or of two one after the other; empty for the cell's
 *     own
 * @param independent see {@link RnnSpecBuilder#independent()}
 * @param layerNormEpsilon ε of {@link RnnSpecBuilder#layerNorm(double)}, 0 without it
 * @param zoneoutHidden probability with which a unit of h keeps its value
 * @param zoneoutCell probability with which a unit of c keeps its value
 * @param dropConnect probability with which a recurrent weight is zeroed in training
 */
public record CellOptions(
    boolean peepholes,
    boolean coupledInputForget,
    float cellClip,
    float preActivationClip,
    List<Activation> activations,
    boolean independent,
    float layerNormEpsilon,
    float zoneoutHidden,
    float zoneoutCell,
    float dropConnect) {

  /** The equations of {@link CellType} as they stand there. */
  static final CellOptions NONE =
      new CellOptions(
          false,
          false,
          Float.POSITIVE_INFINITY,
          Float.POSITIVE_INFINITY,
          List.of(),
          false,
          0,
          0,
          0,
          0);

  /** Copies the list. */
  public CellOptions {
    activations = List.copyOf(activations);
  }

  /** Part of a spec's label; empty for {@link #NONE}. */
  String label() {
    return (independent ? " independent" : "")
        + (peepholes ? " peepholes" : "")
        + (coupledInputForget ? " coupled" : "")
        + bound(" cell-clip ", cellClip)
        + bound(" clip ", preActivationClip)
        + (layerNormEpsilon > 0 ? " layer-norm " + layerNormEpsilon : "")
        + activations.stream().map(a -> " " + a.label()).collect(Collectors.joining())
        + (zonesOut() ? " zoneout " + zoneoutHidden + "," + zoneoutCell : "")
        + (dropConnect > 0 ? " drop-connect " + dropConnect : "");
  }

  /**
   * Whether any state is zoned out.
   *
   * @return true if a probability is not 0
   */
  public boolean zonesOut() {
    return zoneoutHidden > 0 || zoneoutCell > 0;
  }

  private static String bound(String name, float bound) {
    return bound == Float.POSITIVE_INFINITY ? "" : name + bound;
  }
}
