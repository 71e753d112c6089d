package org.recurrentops.tck.broken;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.MaskingContract;
import org.recurrentops.ParameterLayout;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/** Faults of the plan: another network is computed, or another algorithm than it says. */
final class PlanFaults {
  private PlanFaults() {}

  /** A spec that may be changed piece by piece. */
  private static final class Draft {
    CellType cell;
    Direction direction;
    double dropout;
    MaskingContract masking;
    float fill;

    RnnSpec of(RnnSpec s) {
      return RnnSpec.of(cell, s.inputSize(), s.hiddenSize())
          .projection(s.projectionSize())
          .layers(s.layers())
          .direction(direction)
          .bias(s.bias())
          .dropout(dropout)
          .masking(masking)
          .fillValue(fill)
          .build();
    }
  }

  private static Tampering misread(UnaryOperator<Draft> change) {
    return new Tampering() {
      @Override
      PlanRequest request(PlanRequest asked, List<String> rightAlgorithms) {
        RnnSpec spec = asked.spec();
        Draft draft = new Draft();
        draft.cell = spec.cell();
        draft.direction = spec.direction();
        draft.dropout = spec.dropout();
        draft.masking = spec.masking();
        draft.fill = spec.fillValue();
        RnnSpec other = change.apply(draft).of(spec);
        return new PlanRequest(other, asked.options(), ParameterLayout.of(other));
      }
    };
  }

  private static Tampering cell(CellType asked, CellType got) {
    return misread(
        d -> {
          d.cell = d.cell == asked ? got : d.cell;
          return d;
        });
  }

  private static Tampering masking(MaskingContract asked) {
    return misread(
        d -> {
          d.masking = d.masking == asked ? MaskingContract.FREEZE_FILL : d.masking;
          return d;
        });
  }

  static Tampering tanhForRelu() {
    return cell(CellType.VANILLA_RELU, CellType.VANILLA_TANH);
  }

  static Tampering resetAfterForBefore() {
    return cell(CellType.GRU_RESET_BEFORE, CellType.GRU);
  }

  static Tampering carryAsFreeze() {
    return masking(MaskingContract.CARRY);
  }

  static Tampering zeroStateAsFreeze() {
    return masking(MaskingContract.ZERO_STATE);
  }

  static Tampering fillIgnored() {
    return misread(
        d -> {
          d.fill = 0;
          return d;
        });
  }

  static Tampering dropoutIgnored() {
    return misread(
        d -> {
          d.dropout = 0;
          return d;
        });
  }

  static Tampering reverseRunForward() {
    return misread(
        d -> {
          d.direction = d.direction == Direction.REVERSE ? Direction.FORWARD : d.direction;
          return d;
        });
  }

  /** Offers one algorithm more, and runs another one instead of it. */
  static Tampering silentFallback() {
    String phantom = "phantom";
    return new Tampering() {
      @Override
      List<String> algorithms(List<String> right) {
        List<String> more = new ArrayList<>(right);
        more.add(0, phantom);
        return more;
      }

      @Override
      PlanRequest request(PlanRequest asked, List<String> right) {
        PlanOptions options = asked.options();
        return options.algorithm().equals(phantom)
            ? new PlanRequest(asked.spec(), options.algorithm(right.get(0)), asked.parameters())
            : asked;
      }

      @Override
      String algorithm(PlanRequest asked, String right) {
        return asked.options().algorithm().equals(phantom) ? phantom : right;
      }
    };
  }
}
