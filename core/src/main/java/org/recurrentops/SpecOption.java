package org.recurrentops;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a spec can use beyond the equations of {@link CellType}: what a backend or an algorithm
 * names when it refuses, and the rows of the table of what works where.
 */
public enum SpecOption {
  /** {@link RnnSpecBuilder#projection}. */
  PROJECTION("projection", s -> s.projectionSize() > 0),
  /** {@link RnnSpecBuilder#merge}. */
  MERGE("merged directions", s -> s.merge() != MergeMode.CONCAT),
  /** {@link RnnSpecBuilder#skipInput}. */
  SKIP_INPUT("input added without weights", s -> s.skipsInput(0)),
  /** {@link RnnSpecBuilder#peepholes}. */
  PEEPHOLES("peepholes", RnnSpec::hasPeepholes),
  /** {@link RnnSpecBuilder#coupledInputForget}. */
  COUPLED_INPUT_FORGET("coupled input and forget gate", RnnSpec::isInputForgetCoupled),
  /** {@link RnnSpecBuilder#cellClip}. */
  CELL_CLIP("clipped cell state", s -> s.cellClip() != Float.POSITIVE_INFINITY),
  /** {@link RnnSpecBuilder#preActivationClip}. */
  PRE_ACTIVATION_CLIP("clipped arguments", s -> s.preActivationClip() != Float.POSITIVE_INFINITY),
  /** {@link RnnSpecBuilder#activations}. */
  ACTIVATIONS("other activations", s -> !s.cellOptions().activations().isEmpty()),
  /** {@link RnnSpecBuilder#independent}. */
  INDEPENDENT("independent units", s -> s.cellOptions().independent()),
  /** {@link RnnSpecBuilder#layerNorm}. */
  LAYER_NORM("layer normalisation", RnnSpec::isLayerNormalised),
  /** {@link RnnSpecBuilder#zoneout}. */
  ZONEOUT("zoneout", s -> s.cellOptions().zonesOut()),
  /** {@link RnnSpecBuilder#dropConnect}. */
  DROP_CONNECT("dropped recurrent weights", s -> s.cellOptions().dropConnect() > 0);

  private final String label;
  private final Predicate<RnnSpec> used;

  SpecOption(String label, Predicate<RnnSpec> used) {
    this.label = label;
    this.used = used;
  }

  /**
   * Name for people.
   *
   * @return such as {@code clipped cell state}
   */
  public String label() {
    return label;
  }

  static Set<SpecOption> usedBy(RnnSpec spec) {
    Set<SpecOption> used = EnumSet.noneOf(SpecOption.class);
    for (SpecOption option : values()) {
      if (option.used.test(spec)) {
        used.add(option);
      }
    }
    return Collections.unmodifiableSet(used);
  }
}
