package org.recurrentops.gpu;

import java.util.Optional;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * Whether the layers of a stack run as a {@link Wave}, and in how long chunks. The model counts
 * what is launched one after the other: with s launches a step, L layers of T steps take L·T·s of
 * them in a row; a wave of chunks of K steps takes (⌈T/K⌉ + L − 1)·(K·s + 3), where 3 stands for
 * the product over a chunk's input and the two markers around it. That is least near K = √(3·T /
 * ((L − 1)·s)). It says nothing about a device that one layer keeps busy already.
 */
final class WaveModel {
  /** A wave has no more layers: further ones would find the device busy, and take memory. */
  static final int MOST_LAYERS = 4;

  /** Launches of a chunk beside its steps. */
  private static final int PER_CHUNK = 3;

  private WaveModel() {}

  /**
   * Why a plan's layers run one after the other; empty if they may form a wave.
   *
   * @param overlap what the device offers
   */
  static Optional<String> refusal(PlanRequest request, Overlap overlap) {
    RnnSpec spec = request.spec();
    PlanOptions o = request.options();
    if (spec.layers() == 1) {
      return Optional.of("there is one layer");
    }
    if (!overlap.queues() || overlap.chunk() == Overlap.NEVER) {
      return Optional.of("the device runs one at a time");
    }
    if (o.recompute() > 0) {
      return Optional.of("they use the same memory, to be computed again");
    }
    if (spec.direction().count() > 1) {
      return Optional.of("each needs both directions of the one below, and so its last step");
    }
    if (o.algorithm().equals(Algorithm.FUSED)) {
      return Optional.of("a launch runs all steps of one");
    }
    CellProgram program = CellProgram.of(spec);
    if (chunks(o.maxSteps(), spec.layers(), program.forward().size(), overlap).count() == 1) {
      return Optional.of("T = " + o.maxSteps() + " is too short for a wavefront to pay");
    }
    return Optional.empty();
  }

  /**
   * The chunks of a stack's loops; one if a wave would not save a tenth of the launches in a row.
   */
  static Chunks chunks(int steps, int layers, int launchesPerStep, Overlap overlap) {
    if (layers < 2 || steps < 2 || overlap.chunk() == Overlap.NEVER) {
      return Chunks.whole(steps);
    }
    if (overlap.chunk() > 0) {
      return new Chunks(steps, overlap.chunk());
    }
    int together = Math.min(layers, MOST_LAYERS);
    double best = Math.sqrt((double) PER_CHUNK * steps / ((together - 1) * launchesPerStep));
    Chunks chunks = new Chunks(steps, (int) Math.max(1, Math.round(best)));
    double inWave = inWave(chunks, together, launchesPerStep);
    return inWave <= 0.9 * inTurn(steps, together, launchesPerStep) ? chunks : Chunks.whole(steps);
  }

  /** Launches in a row where layers run one after the other. */
  static long inTurn(int steps, int layers, int launchesPerStep) {
    return (long) layers * steps * launchesPerStep;
  }

  /** Launches in a row of a wave. */
  static long inWave(Chunks chunks, int layers, int launchesPerStep) {
    return (chunks.count() + layers - 1)
        * ((long) Math.min(chunks.steps(), chunks.length()) * launchesPerStep + PER_CHUNK);
  }

  /** For people, about the longest sequence. */
  static String describe(PlanRequest request, Overlap overlap, Recurrence recurrence) {
    RnnSpec spec = request.spec();
    int steps = request.options().maxSteps();
    Optional<String> refusal = refusal(request, overlap);
    if (refusal.isPresent() || !recurrence.splits()) {
      String why = refusal.orElse("a launch runs all steps of one");
      return spec.layers() == 1 ? "" : "layers one after the other: " + why;
    }
    int launches = CellProgram.of(spec).forward().size();
    int together = Math.min(spec.layers(), MOST_LAYERS);
    Chunks chunks = chunks(steps, spec.layers(), launches, overlap);
    return "wavefront of "
        + together
        + " layers in chunks of "
        + chunks.length()
        + " steps at T = "
        + steps
        + (overlap.chunk() > 0 ? ", as asked for" : ", by the model")
        + ": "
        + inWave(chunks, together, launches)
        + " launches in a row forward instead of "
        + inTurn(steps, together, launches);
  }
}
