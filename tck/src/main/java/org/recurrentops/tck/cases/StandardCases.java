package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.tck.ConformanceCase;

/** All cases of the kit, cheap and telling ones first. */
public final class StandardCases {
  private StandardCases() {}

  /**
   * The list.
   *
   * @return a new list
   */
  public static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    cases.addAll(ShapeCases.all());
    cases.addAll(PrecisionCases.all());
    cases.addAll(StructureCases.all());
    cases.addAll(FixtureCases.all());
    cases.addAll(VariantCases.all());
    cases.addAll(LayerNormCases.all());
    cases.addAll(MergeCases.all());
    cases.addAll(MatrixCases.all());
    cases.addAll(StateCases.all());
    cases.addAll(LengthCases.all());
    cases.addAll(MaskCases.all());
    cases.addAll(StateSequenceCases.all());
    cases.addAll(RecomputeCases.all());
    cases.addAll(Float64Cases.all());
    cases.addAll(DropoutCases.all());
    cases.addAll(ZoneoutCases.all());
    cases.addAll(DropConnectCases.all());
    cases.addAll(InputCases.all());
    cases.addAll(IndexErrorCases.all());
    cases.addAll(GradientCases.all());
    cases.addAll(ReuseCases.all());
    cases.addAll(SessionCases.all());
    cases.addAll(InvarianceCases.all());
    cases.addAll(NumericCases.all());
    cases.addAll(InvalidForwardCases.all());
    cases.addAll(InvalidBackwardCases.all());
    cases.addAll(LifecycleCases.all());
    cases.addAll(TransferCases.all());
    cases.addAll(QueueCases.all());
    cases.addAll(LinearCases.all());
    cases.addAll(LossCases.all());
    cases.addAll(OptimizerCases.all());
    cases.addAll(ElementwiseCases.all());
    cases.addAll(RandomCases.all());
    return cases;
  }
}
