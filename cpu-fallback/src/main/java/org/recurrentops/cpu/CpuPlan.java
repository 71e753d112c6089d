package org.recurrentops.cpu;

import java.util.stream.IntStream;
import org.recurrentops.Counters;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanMemory;

/** The {@code stepped} algorithm: batched input projection, then stages step by step. */
final class CpuPlan implements BackendPlan {
  private final PlanShape shape;
  private final PlanLayout layout;
  private final Crew crew;
  private final String algorithm;
  private final CallCounts forward;
  private final CallCounts backward;

  CpuPlan(PlanShape shape, Workforce workforce, Counters counters, String algorithm) {
    this.shape = shape;
    this.crew = new Crew(shape, workforce);
    this.layout = new PlanLayout(shape, crew);
    this.algorithm = algorithm;
    this.forward = new CallCounts(counters, algorithm, "forward");
    this.backward = new CallCounts(counters, algorithm, "backward");
  }

  @Override
  public PlanMemory memory() {
    return layout.memory;
  }

  @Override
  public String algorithm() {
    return algorithm;
  }

  @Override
  public String describe() {
    return "algorithm "
        + algorithm
        + ": "
        + describeLanes()
        + describeProjection()
        + ", "
        + crew.describe(shape.maxBatch)
        + forward.describe()
        + "\ninstruction path "
        + shape.math.name()
        + ": "
        + shape.math.reason()
        + "\nproducts in "
        + shape.math.gemm().tiling()
        + describePadding()
        + "\nthreads "
        + crew.describeThreads()
        + "; results do not depend on their number";
  }

  private String describeLanes() {
    int layers = shape.spec.layers();
    long inLanes = IntStream.range(0, layers).filter(shape::inLanes).count();
    if (inLanes == 0) {
      return "";
    }
    int width = shape.math.batchLanes().width();
    return (inLanes < layers ? inLanes + " of " + layers + " layers: " : "")
        + "batch rows in lanes, "
        + width
        + " to a panel, input and state multiplied together, from "
        + shape.leastLaneRows()
        + " rows on where they fill panels and none ends early; else ";
  }

  private String describeProjection() {
    String batched = "batched input projection in chunks of " + shape.chunkRows + " rows";
    long joined =
        IntStream.range(0, shape.spec.layers()).filter(l -> shape.joins(l, shape.maxBatch)).count();
    return joined == 0
        ? batched
        : (joined < shape.spec.layers() ? joined + " of " + shape.spec.layers() + " layers: " : "")
            + "dense input and state multiplied together, step by step, from "
            + shape.joinedRows
            + " rows on, else "
            + batched;
  }

  private String describePadding() {
    return layout.padding == 0
        ? ""
        : "\nworkspace and packed weights begin at cache lines, with "
            + layout.padding
            + " bytes in all behind them (-D"
            + LargeArrays.PROPERTY
            + "=never for less memory)";
  }

  @Override
  public String tuning() {
    return Tuning.of(algorithm);
  }

  @Override
  public BoundCall bindForward(ForwardCall call) {
    return new ForwardRun(shape, layout, crew, forward, call);
  }

  @Override
  public BoundCall bindBackward(BackwardCall call) {
    return new BackwardRun(shape, layout, crew, backward, call);
  }

  @Override
  public void pack(Tensor params, Tensor packed) {
    float[] data = PlanArray.of("weights", packed);
    int states = shape.spec.stateCount();
    for (int s = 0; s < states; s++) {
      int layer = s / shape.directions;
      ParameterRows rows =
          new ParameterRows(shape.request.parameters(), params, layer, s % shape.directions);
      int base = (int) (packed.offset() + layout.packed[s]);
      ForwardWeights weights = new ForwardWeights(shape, layer, data, base);
      crew.run(w -> weights.pack(w, rows, ForwardWeights.Forms.ALL), 1, 1, 8);
    }
  }

  @Override
  public void close() {
    // Threads are the device's, memory is core's.
  }
}
