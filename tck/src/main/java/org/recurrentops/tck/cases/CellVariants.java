package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;

/**
 * Cells with options of their equations, alone and together. Bounds of clips are such that a good
 * part of what random weights and inputs give is cut.
 *
 * @param label name in cases
 * @param type the cell
 * @param square whether C = H, and x cannot be indices
 * @param options applies the options
 */
public record CellVariants(
    String label, CellType type, boolean square, UnaryOperator<RnnSpecBuilder> options) {
  private static final double CLIP = 0.4;
  private static final double CELL_CLIP = 0.3;

  /** Few units have rows of small variance, which the usual ε would let magnify every rounding. */
  private static final double LARGE_EPSILON = 0.1;

  /**
   * The list.
   *
   * @return all variants
   */
  public static List<CellVariants> all() {
    List<CellVariants> all = new ArrayList<>();
    all.addAll(gateOptions());
    all.addAll(ActivationVariants.all());
    return all;
  }

  private static List<CellVariants> gateOptions() {
    return List.of(
        lstm("peepholes", b -> b.peepholes()),
        lstm("coupled", b -> b.coupledInputForget()),
        lstm("cell clip", b -> b.cellClip(CELL_CLIP)),
        lstm("clip", b -> b.preActivationClip(CLIP)),
        lstm("peepholes, projected", b -> b.peepholes().projection(2)),
        lstm(
            "everything",
            b ->
                b.peepholes()
                    .coupledInputForget()
                    .cellClip(CELL_CLIP)
                    .preActivationClip(CLIP)
                    .projection(2)),
        clipped(CellType.VANILLA_TANH),
        clipped(CellType.VANILLA_RELU),
        clipped(CellType.GRU),
        clipped(CellType.GRU_RESET_BEFORE),
        independent(CellType.VANILLA_TANH, b -> b),
        independent(CellType.VANILLA_RELU, b -> b.preActivationClip(CLIP)),
        normalised(CellType.LSTM, "", b -> b),
        normalised(
            CellType.LSTM,
            ", everything",
            b ->
                b.peepholes()
                    .coupledInputForget()
                    .cellClip(CELL_CLIP)
                    .preActivationClip(CLIP)
                    .projection(2)),
        normalised(CellType.GRU, "", b -> b),
        skipping(CellType.VANILLA_RELU),
        skipping(CellType.LSTM),
        skipping(CellType.GRU),
        skipping(CellType.GRU_RESET_BEFORE),
        lstm("zoneout, peepholes", b -> b.peepholes().cellClip(CELL_CLIP).zoneout(0.4, 0.2)),
        lstm("random, projected", b -> b.projection(2).zoneout(0.2, 0.4).dropConnect(0.3)),
        random(CellType.VANILLA_TANH, b -> b.zoneout(0.4, 0).dropConnect(0.4)),
        random(CellType.GRU, b -> b.zoneout(0.4, 0)),
        random(CellType.GRU_RESET_BEFORE, b -> b.zoneout(0.3, 0).dropConnect(0.4)));
  }

  private static CellVariants independent(CellType type, UnaryOperator<RnnSpecBuilder> more) {
    String label = type.label() + " independent";
    return new CellVariants(label, type, false, b -> more.apply(b).independent());
  }

  private static CellVariants normalised(
      CellType type, String more, UnaryOperator<RnnSpecBuilder> options) {
    String label = type.label() + " layer norm" + more;
    return new CellVariants(label, type, false, b -> options.apply(b).layerNorm(LARGE_EPSILON));
  }

  private static CellVariants skipping(CellType type) {
    return new CellVariants(type.label() + " skip input", type, true, b -> b.skipInput());
  }

  private static CellVariants random(CellType type, UnaryOperator<RnnSpecBuilder> more) {
    return new CellVariants(type.label() + " random", type, false, more);
  }

  private static CellVariants lstm(String label, UnaryOperator<RnnSpecBuilder> options) {
    return new CellVariants("lstm " + label, CellType.LSTM, false, options);
  }

  private static CellVariants clipped(CellType type) {
    return new CellVariants(type.label() + " clip", type, false, b -> b.preActivationClip(CLIP));
  }

  /**
   * Starts a spec of the variant.
   *
   * @param inputSize C, where it need not be H
   * @param hiddenSize H ≥ 2
   * @return a builder
   */
  public RnnSpecBuilder spec(int inputSize, int hiddenSize) {
    return options.apply(RnnSpec.of(type, square ? hiddenSize : inputSize, hiddenSize));
  }
}
