package org.recurrentops.tck;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recurrentops.Activation;
import org.recurrentops.CellType;
import org.recurrentops.MergeMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.SpecOption;

/**
 * A cell with some options, each in a form that shows in the results.
 *
 * @param cell the cell
 * @param options the options
 * @param spec the spec, or empty if the options contradict the cell or each other
 * @param contradiction what was said then, or null
 */
public record OptionCombination(
    CellType cell, Set<SpecOption> options, Optional<RnnSpec> spec, String contradiction) {
  private static final int SIZE = 3;

  /**
   * One combination.
   *
   * @param cell the cell
   * @param options what it shall have
   * @return the combination
   */
  public static OptionCombination of(CellType cell, Set<SpecOption> options) {
    RnnSpecBuilder b = RnnSpec.of(cell, SIZE, SIZE);
    options.forEach(option -> apply(option, cell, b));
    try {
      return new OptionCombination(cell, options, Optional.of(b.build()), null);
    } catch (IllegalArgumentException e) {
      return new OptionCombination(cell, options, Optional.empty(), e.getMessage());
    }
  }

  /**
   * Every set of options.
   *
   * @param cell the cell
   * @return 2 to the power of the number of options, contradictions among them
   */
  public static List<OptionCombination> all(CellType cell) {
    SpecOption[] options = SpecOption.values();
    List<OptionCombination> all = new ArrayList<>();
    for (int bits = 0; bits < 1 << options.length; bits++) {
      Set<SpecOption> some = EnumSet.noneOf(SpecOption.class);
      for (int i = 0; i < options.length; i++) {
        if ((bits >> i & 1) == 1) {
          some.add(options[i]);
        }
      }
      all.add(of(cell, some));
    }
    return all;
  }

  private static void apply(SpecOption option, CellType cell, RnnSpecBuilder b) {
    switch (option) {
      case PROJECTION:
        b.projection(2);
        break;
      case MERGE:
        b.bidirectional().merge(MergeMode.MULTIPLY);
        break;
      case SKIP_INPUT:
        b.skipInput();
        break;
      case PEEPHOLES:
        b.peepholes();
        break;
      case COUPLED_INPUT_FORGET:
        b.coupledInputForget();
        break;
      case CELL_CLIP:
        b.cellClip(0.3);
        break;
      case PRE_ACTIVATION_CLIP:
        b.preActivationClip(0.6);
        break;
      case ACTIVATIONS:
        b.activations(activations(cell));
        break;
      case INDEPENDENT:
        b.independent();
        break;
      case LAYER_NORM:
        b.layerNorm(0.01);
        break;
      case ZONEOUT:
        b.zoneout(0.4, cell.hasCellState() ? 0.3 : 0);
        break;
      case DROP_CONNECT:
        b.dropConnect(0.3);
        break;
      default:
        throw new IllegalArgumentException("matrix: no form of " + option + " yet; add one here");
    }
  }

  private static Activation[] activations(CellType cell) {
    Activation hard = Activation.of(Activation.Function.HARD_SIGMOID, 0.25, 0.4);
    Activation softsign = Activation.of(Activation.Function.SOFTSIGN);
    Activation elu = Activation.of(Activation.Function.ELU, 0.75, 0);
    if (cell == CellType.VANILLA_TANH || cell == CellType.VANILLA_RELU) {
      return new Activation[] {elu};
    }
    return cell.hasCellState()
        ? new Activation[] {hard, softsign, elu}
        : new Activation[] {hard, elu};
  }
}
