package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A fault to plant in the CUDA kernels: a piece of their text that occurs once, what stands there
 * instead, and the part of the kit that must find it.
 */
enum KernelFault {
  LSTM_GATES_SWAPPED(
      "common/lstm_step.h",
      "const float c = clipped(lstm_cell(i, f, g, c_before), options.cell_clip);",
      "const float c = clipped(lstm_cell(f, i, g, c_before), options.cell_clip);",
      "stepped/cublas",
      "structure/"),
  LSTM_OUTPUT_BIAS_DROPPED(
      "common/lstm_step.h",
      "pre_o + gate_bias(bias_ih, bias_hh, biases, o_at)",
      "pre_o",
      "stepped/cublas",
      "structure/"),
  LSTM_DC_LOST("common/lstm_step.h", "h_c, dh * o) + dc;", "h_c, dh * o);", "fused", "structure/"),
  LSTM_FORGET_GATE_SEES_C_AFTER(
      "common/lstm_step.h",
      "options, c_before, d_o, d, j, hidden);",
      "options, c_after, d_o, d, j, hidden);",
      "stepped/cublas",
      "structure/"),
  GRU_Z_FOR_ONE_MINUS_Z(
      "common/gru_step.h",
      "return gru_hidden(z, n, h_before);",
      "return gru_hidden(1.0f - z, n, h_before);",
      "stepped/cublas",
      "structure/"),
  GRU_RECURRENT_BIAS_OUTSIDE_RESET(
      "common/gru_step.h",
      "q += bias_hh[n_at + j];",
      "x_n += bias_hh[n_at + j];",
      "stepped/cublas",
      "structure/"),
  GRU_RECURRENT_SIDE_WITHOUT_RESET(
      "common/gru_step.h",
      "drecurrent[n_at] = dn * r;",
      "drecurrent[n_at] = dn;",
      "fused",
      "structure/"),
  GRU_DIRECT_PATH_LOST(
      "common/gru_step.h", "return dh * z;", "return 0.0f;", "stepped/cublas", "structure/"),
  VANILLA_DERIVATIVE_FORGOTTEN(
      "common/vanilla_step.h",
      "0.0f : vanilla_derivative(options.f, a, h);",
      "0.0f : 1.0f;",
      "stepped/cublas",
      "structure/"),
  VANILLA_STEP_SHIFTED(
      "cuda/vanilla.cu",
      "item, gates[gates_offset + t * plane + item],",
      "item, gates[gates_offset + (t > 0 ? t - 1 : 0) * plane + item],",
      "stepped/cublas",
      "structure/"),
  FINAL_STATE_OF_ANOTHER_ROW(
      "cuda/rows.cu",
      "row_marks[row_marks_offset + n] & ROW_HAS_VALID",
      "row_marks[row_marks_offset + rows - 1 - n] & ROW_HAS_VALID",
      "stepped/cublas",
      "lengths/"),
  PADDING_OF_ANOTHER_ROW(
      "cuda/rows.cu",
      "const int valid = marks[marks_offset + r] > 0;",
      "const int valid = marks[marks_offset + rows - 1 - r] > 0;",
      "stepped/cublas",
      "lengths/"),
  INITIAL_STATE_IGNORED(
      "cuda/rows.cu",
      "value = src[src_offset + n * src_row + item - (long long)n * width];",
      "value = 0.0f;",
      "stepped/cublas",
      "states/"),
  BIAS_GRADIENT_LOST(
      "cuda/reduce.cu",
      "for (int k = 0; k < chunks; k++)",
      "for (int k = 1; k < chunks; k++)",
      "stepped/cublas",
      "structure/"),
  PRODUCT_DOES_NOT_ADD(
      "cuda/gemm.cu",
      "c[at] = accumulate ? c[at] + sum[i][j] : sum[i][j];",
      "c[at] = sum[i][j];",
      "stepped/tiled",
      "structure/"),
  PRODUCT_LOSES_LAST_ROW(
      "cuda/gemm.cu",
      "if (row < m && column < n)",
      "if (row < m - 1 && column < n)",
      "stepped/tiled",
      "structure/"),
  PRODUCT_BARRIER_DROPPED(
      "cuda/gemm.cu",
      "__syncthreads();  // nobody overwrites a tile that somebody still reads",
      "",
      "stepped/tiled",
      "shapes/vanilla"),
  FUSED_BARRIER_DROPPED(
      "cuda/lstm_sequence.cu",
      "__syncthreads();\n    now = next;",
      "now = next;",
      "fused",
      "structure/"),
  FUSED_INITIAL_STATE_IGNORED(
      "cuda/lstm_sequence.cu", "n < rows ? h_seq[at] : 0.0f;", "0.0f;", "fused", "states/"),
  FUSED_RECURRENT_GRADIENT_LOST(
      "cuda/lstm_sequence.cu",
      "dh[dh_offset + (long long)(first_row + r) * hidden + j] += sum[r];",
      "",
      "fused",
      "structure/"),
  PROJECTION_GRADIENT_IN_PADDING(
      "cuda/projection.cu",
      "dh_seq[dh_seq_offset + t * plane + item] = valid ? d : 0.0f;",
      "dh_seq[dh_seq_offset + t * plane + item] = d;",
      "stepped/cublas",
      "lengths/"),
  INDEX_OF_THE_NEIGHBOUR(
      "cuda/gather.cu",
      "value = weight[weight_offset + gate * columns + index];",
      "value = weight[weight_offset + gate * columns + (index > 0 ? index - 1 : 0)];",
      "stepped/cublas",
      "inputs/"),
  INDEX_GRADIENT_COUNTS_ONCE(
      "cuda/gather.cu",
      "for (int q = r; q >= 0; q = next[next_offset + q])",
      "for (int q = r; q >= 0; q = -1)",
      "stepped/cublas",
      "inputs/"),
  PERSISTENT_H_OF_THE_WRONG_STEP(
      "common/persistent_forward.h",
      "q.h_seq + slot_before(t, q.reverse) * plane;",
      "q.h_seq + slot_after(t, q.reverse) * plane;",
      "persistent",
      "structure/"),
  PERSISTENT_GATES_SWAPPED(
      "cuda/lstm_persistent.cu",
      "row[h_at + j] + sum[1], row[2 * h_at + j] + sum[2],",
      "row[h_at + j] + sum[2], row[2 * h_at + j] + sum[1],",
      "persistent",
      "structure/"),
  PERSISTENT_BLOCK_STAYS_AWAY(
      "common/persistent_pieces.h",
      "m->round++;",
      "if (m->round++ == 1 && blockIdx.x == 1) {\n    return false;\n  }",
      "persistent",
      "structure/"),
  PERSISTENT_PART_LOST(
      "common/persistent_pieces.h",
      "for (int part = 0; part < s.parts; part++)",
      "for (int part = 1; part < s.parts; part++)",
      "persistent",
      "structure/");

  private final String file;
  private final String right;
  private final String wrong;
  final String algorithm;
  final String cases;

  KernelFault(String file, String right, String wrong, String algorithm, String cases) {
    this.file = file;
    this.right = right;
    this.wrong = wrong;
    this.algorithm = algorithm;
    this.cases = cases;
  }

  /** Copies the kernels, plants the fault, and returns the .cu files that have it. */
  List<Path> plant(Path kernels, Path copy) throws IOException {
    for (String folder : List.of("common", "cuda")) {
      Files.createDirectories(copy.resolve(folder));
      try (Stream<Path> files = Files.list(kernels.resolve(folder))) {
        for (Path from : files.toList()) {
          Files.copy(from, copy.resolve(folder).resolve(from.getFileName()));
        }
      }
    }
    Path target = copy.resolve(file);
    String text = Files.readString(target);
    assertEquals(2, (text + " ").split(Pattern.quote(right)).length, right);
    Files.writeString(target, text.replace(right, wrong));
    if (file.startsWith("cuda/")) {
      return List.of(target);
    }
    List<Path> concerned = new ArrayList<>();
    try (Stream<Path> files = Files.list(copy.resolve("cuda")).sorted()) {
      for (Path path : files.toList()) {
        if (Files.readString(path).contains("\"" + target.getFileName() + "\"")) {
          concerned.add(path);
        }
      }
    }
    return concerned;
  }
}
