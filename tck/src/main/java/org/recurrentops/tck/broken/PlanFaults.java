package org.recurrentops.tck.broken;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.recurrentops.Activation;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/** Faults of the plan: another network is computed, or another algorithm than it says. */
final class PlanFaults {
  private PlanFaults() {}

  private static Tampering misread(UnaryOperator<RnnSpec> change) {
    return new Tampering() {
      @Override
      PlanRequest request(PlanRequest asked, List<String> rightAlgorithms) {
        RnnSpec other = change.apply(asked.spec());
        return new PlanRequest(other, asked.options(), ParameterLayout.of(other));
      }
    };
  }

  private static Tampering masking(MaskingContract asked) {
    return misread(
        s -> s.masking() == asked ? s.toBuilder().masking(MaskingContract.FREEZE_FILL).build() : s);
  }

  static Tampering tanhForRelu() {
    return misread(s -> s.cell() == CellType.VANILLA_RELU ? s.toBuilder().tanh().build() : s);
  }

  static Tampering resetAfterForBefore() {
    return misread(
        s -> s.cell() == CellType.GRU_RESET_BEFORE ? s.toBuilder().resetAfter().build() : s);
  }

  static Tampering carryAsFreeze() {
    return masking(MaskingContract.CARRY);
  }

  static Tampering zeroStateAsFreeze() {
    return masking(MaskingContract.ZERO_STATE);
  }

  private static Tampering sumFor(MergeMode asked) {
    return misread(s -> s.merge() == asked ? s.toBuilder().merge(MergeMode.SUM).build() : s);
  }

  static Tampering sumForAverage() {
    return sumFor(MergeMode.AVERAGE);
  }

  static Tampering sumForProduct() {
    return sumFor(MergeMode.MULTIPLY);
  }

  private static Tampering activations(UnaryOperator<List<Activation>> change) {
    return misread(
        s -> {
          List<Activation> other = change.apply(s.cellOptions().activations());
          return s.toBuilder().activations(other.toArray(new Activation[0])).build();
        });
  }

  static Tampering activationsIgnored() {
    return activations(list -> List.of());
  }

  static Tampering betaIgnored() {
    return activations(
        list -> list.stream().map(a -> new Activation(a.function(), a.alpha(), 0)).toList());
  }

  static Tampering firstDirectionsActivations() {
    return misread(
        s -> {
          List<Activation> all = s.cellOptions().activations();
          if (s.direction() != Direction.BIDIRECTIONAL || all.isEmpty()) {
            return s;
          }
          int own = s.cell().hasCellState() ? 3 : s.cell().gates() == 1 ? 1 : 2;
          Activation[] first = all.subList(0, own).toArray(new Activation[0]);
          return s.toBuilder().activations(first).build();
        });
  }

  static Tampering usualEpsilon() {
    return misread(s -> s.isLayerNormalised() ? s.toBuilder().layerNorm().build() : s);
  }

  static Tampering zoneoutIgnored() {
    return misread(s -> s.toBuilder().zoneout(0, 0).build());
  }

  static Tampering zoneoutSwapped() {
    return misread(
        s ->
            s.cell().hasCellState()
                ? s.toBuilder()
                    .zoneout(s.cellOptions().zoneoutCell(), s.cellOptions().zoneoutHidden())
                    .build()
                : s);
  }

  static Tampering dropConnectIgnored() {
    return misread(s -> s.toBuilder().dropConnect(0).build());
  }

  static Tampering fillIgnored() {
    return misread(s -> s.toBuilder().fillValue(0).build());
  }

  static Tampering dropoutIgnored() {
    return misread(s -> s.toBuilder().dropout(0).build());
  }

  static Tampering reverseRunForward() {
    return misread(
        s ->
            s.direction() == Direction.REVERSE
                ? s.toBuilder().direction(Direction.FORWARD).build()
                : s);
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
