package org.recurrentops.bench.conformance;

import java.io.IOException;
import java.util.Optional;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentOpsException;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.formats.CaseFile;
import org.recurrentops.formats.CaseResult;
import org.recurrentops.formats.CaseResultWriter;
import org.recurrentops.formats.CaseVerdict;
import org.recurrentops.formats.LayerCase;
import org.recurrentops.tck.cases.FixtureRun;

/** Runs cases on one device, forward and backward, and leaves a result file for each. */
final class ConformanceRun {
  private final RecurrentOps ops;
  private final String algorithm;
  private final CaseResultWriter writer;

  ConformanceRun(RecurrentOps ops, String algorithm, CaseResultWriter writer) {
    this.ops = ops;
    this.algorithm = algorithm;
    this.writer = writer;
  }

  CaseOutcome run(CaseFile file) throws IOException {
    Optional<String> reason = file.refusal();
    if (reason.isPresent()) {
      return refused(file, reason.get());
    }
    LayerCase layer = file.toLayer();
    PlanOptions options = FixtureRun.options(layer).algorithm(algorithm);
    reason = ops.refusal(layer.spec(), options);
    if (reason.isPresent()) {
      return refused(file, reason.get());
    }
    try (RecurrentPlan plan = ops.plan(layer.spec(), options)) {
      CaseResult result = layer.toFileLayout(FixtureRun.run(plan, layer));
      writer.write(file.name(), result);
      return CaseOutcome.judged(file, CaseVerdict.of(file, result));
    } catch (RecurrentOpsException | IllegalStateException e) {
      writer.writeFailed(file.name(), String.valueOf(e.getMessage()));
      return CaseOutcome.failed(file, String.valueOf(e.getMessage()));
    }
  }

  private CaseOutcome refused(CaseFile file, String reason) throws IOException {
    writer.writeSkipped(file.name(), reason);
    return CaseOutcome.refused(file, reason);
  }
}
