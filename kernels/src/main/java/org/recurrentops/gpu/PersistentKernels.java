package org.recurrentops.gpu;

import static org.recurrentops.gpu.CellKernels.BIASES;
import static org.recurrentops.gpu.CellKernels.GRU_OPTIONS;
import static org.recurrentops.gpu.CellKernels.LSTM_OPTIONS;
import static org.recurrentops.gpu.CellKernels.MASK_BACKWARD;
import static org.recurrentops.gpu.CellKernels.MASK_FORWARD;
import static org.recurrentops.gpu.CellKernels.OUTPUT;
import static org.recurrentops.gpu.CellKernels.OUTPUT_GRADIENT;
import static org.recurrentops.gpu.CellKernels.SEQUENCE_BACKWARD;
import static org.recurrentops.gpu.CellKernels.SEQUENCE_FORWARD;
import static org.recurrentops.gpu.CellKernels.SEQUENCE_WEIGHTS;
import static org.recurrentops.gpu.CellKernels.VANILLA_OPTIONS;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;

/**
 * The loops over time of cells whose recurrent weights stay on the chip. Launched cooperatively, so
 * only where {@link Device#launchesTogether()}; only CUDA has them.
 */
public final class PersistentKernels {
  /** How the grid is divided, where it meets and reports, and how long its blocks wait. */
  static final String GRID =
      ", int share, int tiles, int lanes"
          + Streaming.PARAMETERS
          + ", float* mail, int slots, int* sync, int* errors, long limit";

  /** The same on tensor cores. */
  private static final String TENSOR_GRID =
      ", int share, int format"
          + Streaming.PARAMETERS
          + ", float* mail, int slots, int* sync, int* errors, long limit";

  /**
   * The two kernels of a cell.
   *
   * @param forward steps in the order of processing
   * @param backward steps in reverse order
   */
  record Pair(KernelId forward, KernelId backward) {
    /** That of a pass. */
    KernelId of(boolean forward) {
      return forward ? forward() : backward();
    }

    /** The loops of the same cell on tensor cores. */
    Pair tensor() {
      return new Pair(tensor(forward), tensor(backward));
    }

    private static KernelId tensor(KernelId kernel) {
      String entry = kernel.entry().replace("_persistent", "_tensor");
      String parameters =
          kernel.parameters().stream()
              .map(p -> p.type().text() + " " + p.name())
              .collect(Collectors.joining(", "))
              .replace(GRID, TENSOR_GRID);
      return KernelId.withLocal(kernel.file().replace("_persistent", "_tensor"), entry, parameters);
    }
  }

  private static final Pair VANILLA =
      new Pair(
          kernel(
              "vanilla",
              "forward",
              "float* gates, "
                  + SEQUENCE_WEIGHTS
                  + BIASES
                  + VANILLA_OPTIONS
                  + "float* h_seq, "
                  + OUTPUT
                  + MASK_FORWARD
                  + SEQUENCE_FORWARD),
          kernel(
              "vanilla",
              "backward",
              "const float* gates, "
                  + SEQUENCE_WEIGHTS
                  + VANILLA_OPTIONS
                  + "float* dgates, "
                  + OUTPUT_GRADIENT
                  + "float* dh, "
                  + MASK_BACKWARD
                  + SEQUENCE_BACKWARD));
  private static final Pair LSTM =
      new Pair(
          kernel(
              "lstm",
              "forward",
              "float* gates, "
                  + SEQUENCE_WEIGHTS
                  + BIASES
                  + LSTM_OPTIONS
                  + "float* c_seq, long c_step, float* h_seq, "
                  + OUTPUT
                  + MASK_FORWARD
                  + SEQUENCE_FORWARD),
          kernel(
              "lstm",
              "backward",
              "const float* gates, "
                  + SEQUENCE_WEIGHTS
                  + "const float* c_seq, "
                  + LSTM_OPTIONS
                  + "float* dgates, "
                  + OUTPUT_GRADIENT
                  + "float* dh, float* dc, "
                  + MASK_BACKWARD
                  + SEQUENCE_BACKWARD));
  private static final Pair GRU =
      new Pair(
          kernel(
              "gru",
              "forward",
              "float* gates, "
                  + SEQUENCE_WEIGHTS
                  + BIASES
                  + GRU_OPTIONS
                  + "float* q_seq, long q_step, float* h_seq, "
                  + OUTPUT
                  + MASK_FORWARD
                  + SEQUENCE_FORWARD),
          kernel(
              "gru",
              "backward",
              "const float* gates, "
                  + SEQUENCE_WEIGHTS
                  + "const float* q_seq, const float* h_seq, "
                  + GRU_OPTIONS
                  + "float* dgates, float* drecurrent, "
                  + OUTPUT_GRADIENT
                  + "float* dh, "
                  + MASK_BACKWARD
                  + SEQUENCE_BACKWARD));

  /** Counts the work-groups of a grid that live at once. */
  static final KernelId RESIDENT =
      KernelId.withLocal("residency", "resident_blocks", "int* words, long limit");

  private PersistentKernels() {}

  private static KernelId kernel(String cell, String pass, String parameters) {
    String entry = cell + "_" + pass + "_persistent";
    return KernelId.withLocal(cell + "_persistent", entry, parameters + GRID);
  }

  /** Those of a cell, whatever its options are; empty where there are none. */
  static Optional<Pair> of(RnnSpec spec, MathMode mode) {
    return of(spec).map(pair -> mode == MathMode.FP32 ? pair : pair.tensor());
  }

  /** Those in float32. */
  static Optional<Pair> of(RnnSpec spec) {
    switch (spec.cell()) {
      case VANILLA_TANH:
      case VANILLA_RELU:
        return Optional.of(VANILLA);
      case LSTM:
        return Optional.of(LSTM);
      case GRU:
        return Optional.of(GRU);
      default:
        return Optional.empty();
    }
  }

  /** The loops in float32. */
  static List<KernelId> loops() {
    return List.of(
        VANILLA.forward(),
        VANILLA.backward(),
        LSTM.forward(),
        LSTM.backward(),
        GRU.forward(),
        GRU.backward());
  }

  /**
   * All of them.
   *
   * @return the kernels
   */
  public static List<KernelId> all() {
    List<KernelId> all = new ArrayList<>(loops());
    for (Pair pair : List.of(VANILLA.tensor(), LSTM.tensor(), GRU.tensor())) {
      all.addAll(List.of(pair.forward(), pair.backward()));
    }
    all.addAll(RoleKernels.all());
    all.add(RESIDENT);
    return List.copyOf(all);
  }
}
