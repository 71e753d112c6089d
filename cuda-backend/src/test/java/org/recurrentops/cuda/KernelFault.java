package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

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
  PROJECTION_GRADIENT_STOPS_AT_PADDING(
      "cuda/projection.cu",
      "dh[dh_offset + item] = valid ? 0.0f : padded_state(masking, d);",
      "dh[dh_offset + item] = 0.0f;",
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
      "common/mail_forward.h",
      "q.h_seq + slot_before(t, q.reverse) * (long long)",
      "q.h_seq + slot_after(t, q.reverse) * (long long)",
      "persistent",
      "structure/"),
  PERSISTENT_GATES_SWAPPED(
      "common/persistent_lstm.h",
      "row[h_at + j] + sum[1], row[2 * h_at + j] + sum[2],",
      "row[h_at + j] + sum[2], row[2 * h_at + j] + sum[1],",
      "persistent",
      "structure/"),
  PERSISTENT_BLOCK_STAYS_AWAY(
      "common/strip_product.h",
      "const bool arrived = stage_rows(",
      "if (step == 2 && blockIdx.x == 1) {\n    return false;\n  }\n"
          + "  const bool arrived = stage_rows(",
      "persistent",
      "structure/"),
  PERSISTENT_PART_LOST(
      "common/strip_product.h",
      "for (int k = 0; k < p.parts; k++)",
      "for (int k = 1; k < p.parts; k++)",
      "persistent",
      "structure/"),
  CLUSTER_BARRIER_DROPPED(
      "common/cluster_meeting.h",
      "cluster_barrier();\n    return true;",
      "__syncthreads();\n    return true;",
      "one-cluster",
      "structure/"),
  CLUSTER_PEER_LEFT_OUT(
      "common/cluster_meeting.h",
      "for (unsigned peer = 0; peer < peers; peer++) {\n      put_at_peer(",
      "for (unsigned peer = 1; peer < peers; peer++) {\n      put_at_peer(",
      "one-cluster",
      "structure/"),
  CLUSTER_OPERAND_OF_THE_WRONG_BUFFER(
      "common/persistent_cluster.h",
      "s.operand = e.other();\n    accumulate(",
      "s.operand = e.filled();\n    accumulate(",
      "one-cluster",
      "structure/"),
  CLUSTER_BYTES_MISCOUNTED(
      "common/persistent_cluster.h",
      "s->stride, unit * s->depth,",
      "s->stride, unit * s->depth - 4,",
      "one-cluster/push",
      "structure/"),
  CLUSTER_STEP_SHIFTED(
      "common/persistent_cluster.h",
      "slot_before(begin, q.reverse) * plane",
      "slot_after(begin, q.reverse) * plane",
      "one-cluster",
      "structure/"),
  CLUSTER_BLOCK_COMES_LATE(
      "common/persistent_cluster.h",
      "void begin() const {",
      "void begin() const {\n    const bool late = step == (size == slice ? 7 : 4);\n"
          + "    for (int i = 0; late && cluster_rank() == 1 && i < 5000; i++) {\n"
          + "      poll_pause();\n    }",
      "one-cluster/push",
      "shapes/lstm"),
  CLUSTER_TENSOR_FRAGMENTS_IN_THE_SECOND_PLANE(
      "common/cluster_tensor.h",
      "p.fragments = (quad *)(p.mail + 2 * p.rows * p.row_words);",
      "p.fragments = (quad *)(p.mail + p.rows * p.row_words);",
      "one-cluster@BF16",
      "shapes/"),
  CLUSTER_TENSOR_LAST_PLANE_NOT_WAITED_FOR(
      "common/cluster_tensor.h",
      "end_planes(p, all, 1, all.come + 1);",
      "cluster_barrier();",
      "one-cluster/push@BF16",
      "structure/"),
  CLUSTER_TENSOR_PLANE_OF_THE_STEP_BEFORE(
      "common/cluster_tensor.h",
      "const quad *from = (const quad *)mail_row(p, step, n)",
      "const quad *from = (const quad *)mail_row(p, step - (step > p.start + 1), n)",
      "one-cluster@FP16",
      "structure/"),
  CLUSTER_TENSOR_BYTES_OF_ONE_GATE_TOO_FEW(
      "common/cluster_tensor.h",
      "plane_bytes(p, gates, 0, (int)p.peers * p.share)",
      "plane_bytes(p, gates > 1 ? gates - 1 : gates, 0, (int)p.peers * p.share)",
      "one-cluster/push@BF16",
      "structure/"),
  TENSOR_HALF_OF_A_FRAGMENT_SWAPPED(
      "common/tensor_product.h",
      "const unsigned a1[4] = {low.z, high.z, low.w, high.w};",
      "const unsigned a1[4] = {high.z, low.z, high.w, low.w};",
      "persistent@BF16",
      "structure/"),
  TENSOR_GATE_SWAPPED(
      "common/mail_forward.h",
      "column_sum(p, part, r, u * GATES + gate);",
      "column_sum(p, part, r, u * GATES + (gate < 2 ? gate : GATES + 1 - gate));",
      "persistent@TF32",
      "structure/"),
  TENSOR_CHUNK_LOST(
      "common/tensor_pieces.h",
      "const bool exists = k + i < p.mine && chunk + i < p.chunks;",
      "const bool exists = k + i < p.mine && chunk + i < p.chunks - (p.chunks > 1);",
      "persistent@FP16",
      "shapes/"),
  TENSOR_GRADIENTS_OF_THE_STEP_AFTER(
      "common/mail_backward.h",
      "const float *own = q.recurrent + ((long long)t * q.rows + row_at) * GATES * q.hidden + j;",
      "const int after = q.reverse ? (t > 0 ? t - 1 : t) : (t + 1 < q.steps ? t + 1 : t);\n"
          + "    const float *own =\n"
          + "        q.recurrent + ((long long)after * q.rows + row_at) * GATES * q.hidden + j;",
      "persistent@BF16",
      "structure/"),
  TENSOR_SECOND_TILE_OF_ROWS_IS_THE_FIRST(
      "common/tensor_pieces.h",
      "const int n = row + lane / 4;",
      "const int n = lane / 4 + 0 * row;",
      "persistent@BF16",
      "shapes/"),
  TENSOR_WORD_NOT_PUBLISHED(
      "common/tensor_pieces.h",
      "if (row != nullptr && at % p.pack == 0) {",
      "if (row != nullptr && at % p.pack == 0 && at != 2) {",
      "persistent@BF16",
      "structure/"),
  TENSOR_FRAGMENT_BEYOND_REGISTERS_LOST(
      "common/tensor_product.h",
      "if (exists && n < width) {",
      "if (exists && k + 1 < p.mine && n < width) {",
      "persistent@TF32",
      "shapes/"),
  STREAM_NOT_WAITED_FOR(
      "common/tensor_product.h",
      "await_copies<RING - 1>();",
      "await_copies<RING>();",
      "persistent@BF16+stream",
      "shapes/lstm"),
  NORM_VARIANCE_OVER_THE_WRONG_WIDTH(
      "common/norm_row.h",
      "/ (float)columns + epsilon);",
      "/ (float)(columns + 1) + epsilon);",
      "stepped/cublas",
      "layer-norm/"),
  NORM_EPSILON_LEFT_OUT(
      "common/norm_row.h",
      "/ (float)columns + epsilon);",
      "/ (float)columns);",
      "stepped/cublas",
      "layer-norm/"),
  NORM_MEAN_GRADIENT_LOST(
      "common/norm_row.h",
      "return inverse * (d - mean - normal * slope);",
      "return inverse * (d - normal * slope);",
      "stepped/cublas",
      "layer-norm/"),
  NORM_GRADIENT_WITHOUT_GAIN(
      "common/norm_row.h",
      "const float through = gain[j] * d[j];",
      "const float through = d[j];",
      "stepped/cublas",
      "layer-norm/"),
  NORM_DEVIATION_OF_THE_OTHER_SIDE(
      "cuda/norm.cu",
      "inverses[inverses_offset + 3 * row + 1], dr,",
      "inverses[inverses_offset + 3 * row], dr,",
      "stepped/cublas",
      "layer-norm/"),
  NORM_SUM_BARRIER_DROPPED(
      "common/group_sum.h",
      "GROUP_BARRIER();\n  scratch[id] = value;",
      "scratch[id] = value;",
      "stepped/cublas",
      "layer-norm/"),
  NORM_CELL_SHIFT_FORGOTTEN(
      "cuda/lstm_norm.cu",
      "* normal + shift_c[shift_c_offset + j];",
      "* normal;",
      "stepped/cublas",
      "layer-norm/"),
  GAIN_GRADIENT_MISSING(
      "cuda/reduce.cu",
      "if (marks[marks_offset + r] > 0) {",
      "if (marks[marks_offset + r] > rows) {",
      "stepped/cublas",
      "layer-norm/"),
  GAIN_GRADIENT_OF_ANOTHER_GATE(
      "cuda/reduce.cu",
      "* right[right_offset + t * right_outer + n * right_row + c];",
      "* right[right_offset + t * right_outer + n * right_row + (c + columns / 2) % columns];",
      "stepped/cublas",
      "layer-norm/"),
  ZONEOUT_MASK_OF_ANOTHER_STEP(
      "common/zoneout.h",
      "(unsigned int)random[0] + (unsigned int)t,",
      "(unsigned int)random[0] + (unsigned int)t + 1u,",
      "stepped/cublas",
      "dropout/"),
  ZONEOUT_PARTS_SWAPPED(
      "cuda/zoneout.cu",
      "= zoneout_part(1.0f - m, total);",
      "= zoneout_part(m, total);",
      "stepped/cublas",
      "dropout/"),
  ZONEOUT_CELL_KEPT_MIXED(
      "cuda/zoneout.cu",
      "rows * width + item] = value;",
      "rows * width + item] = mixed;",
      "stepped/cublas",
      "dropout/"),
  DROP_CONNECT_NOT_SCALED(
      "cuda/drop_connect.cu",
      "src[src_offset + item] * scale : 0.0f;",
      "src[src_offset + item] : 0.0f;",
      "stepped/cublas",
      "dropout/"),
  DROP_CONNECT_ONE_MASK_FOR_BOTH_DIRECTIONS(
      "cuda/drop_connect.cu",
      "(unsigned int)direction, (unsigned int)row,",
      "0u, (unsigned int)row,",
      "stepped/cublas",
      "dropout/"),
  MERGED_PRODUCT_WITHOUT_THE_OTHER(
      "cuda/merge.cu",
      "own = shown ? d * other[other_offset + item] : 0.0f;",
      "own = shown ? d : 0.0f;",
      "stepped/cublas",
      "recompute/gru-reset-before"),
  PERSISTENT_BARRIER_DROPPED(
      "common/mail_forward.h",
      "if (p.slots == MEETING_SLOTS && !all_met(&m)) {",
      "if (p.slots == MEETING_SLOTS && k != q.first + 1 && !all_met(&m)) {",
      "persistent+barrier",
      "structure/"),
  PERSISTENT_BACKWARD_BARRIER_DROPPED(
      "common/mail_backward.h",
      "if (p.slots == MEETING_SLOTS && !all_met(&m)) {",
      "if (p.slots == MEETING_SLOTS && k < q.last && !all_met(&m)) {",
      "persistent+barrier",
      "structure/"),
  STRIP_BEYOND_REGISTERS_LOST(
      "common/strip_product.h",
      "turn = pass == 0 ? p.held : 0; turn < p.turns;",
      "turn = pass == 0 ? p.held + 1 : 0; turn < p.turns;",
      "persistent",
      "shapes/"),
  STRIP_LAST_QUAD_NOT_ASKED_FOR(
      "common/strip_pieces.h",
      "min(p.mine, p.quads - first),",
      "min(p.mine, p.quads - 1 - first),",
      "persistent",
      "structure/"),
  STRIP_WORD_NOT_PUBLISHED(
      "common/strip_pieces.h",
      "if (row != nullptr) {",
      "if (row != nullptr && at != 2) {",
      "persistent",
      "structure/"),
  PERSISTENT_2D_RUN_LOST(
      "common/persistent_2d.h",
      "for (int run = 0; run < SIZE; run++)",
      "for (int run = 1; run < SIZE; run++)",
      "persistent/2d",
      "shapes/lstm"),
  PERSISTENT_2D_SUMS_NOT_WAITED_FOR(
      "common/persistent_2d.h",
      "(threadIdx.x != 0 || wait_for_sums(word, parity, m))",
      "(threadIdx.x != 0 || p.turn % 3 != 0 || wait_for_sums(word, parity, m))",
      "persistent/2d",
      "shapes/gru"),
  PERSISTENT_2D_LAST_TILE_LOST(
      "common/tensor_2d.h",
      "if (r < count && c < width) {",
      "if (r < count && c < width - 4) {",
      "persistent/2d@BF16",
      "shapes/lstm"),
  ROLE_TAKES_THE_STEP_BEFORE(
      "common/persistent_roles.h",
      "part, k + 1, row, m)",
      "part, k, row, m)",
      "persistent+together",
      "structure/"),
  ROLE_GETS_THE_OTHER_GRADIENTS(
      "common/strip_roles.h",
      "extra = stacked ? EXTRA * p.padded : 0;",
      "extra = 0;",
      "persistent+together",
      "structure/"),
  STREAM_OF_ANOTHER_BLOCK(
      "common/stream_pieces.h",
      "(long long)blockIdx.x * __popcll(plan) * reach",
      "0ll * __popcll(plan) * reach",
      "persistent+stream",
      "structure/"),
  STREAM_ASKED_FOR_AGAIN(
      "common/tensor_product.h",
      "ask_for(p, before + 1, k, ahead)",
      "ask_for(p, before, k, ahead)",
      "persistent@BF16+stream",
      "shapes/"),
  CLUSTER_GIVES_THE_OTHER_GRADIENTS(
      "common/cluster_tensor_roles.h",
      "this->role.cell.dgates + (at + gate)",
      "this->role.q.recurrent + (at + gate)",
      "one-cluster@BF16+together",
      "structure/gru"),
  PEER_SILENT_FORWARD(
      "common/mail_forward.h",
      "j < p.padded ? mail_row(p, k + 1, n)",
      "j < p.padded && !(blockIdx.x == 1 && k == 2 && q.steps % 2 == 1) ? mail_row(p, k + 1, n)",
      "persistent/2d",
      "structure/"),
  PEER_SILENT_BACKWARD(
      "common/mail_backward.h",
      "j < p.padded ? mail_row(p, k, n)",
      "j < p.padded && !(blockIdx.x == 1 && k == 2 && (q.steps % 2 == 0 || q.rows == 3))\n"
          + "        ? mail_row(p, k, n)",
      "persistent/2d",
      "structure/"),
  CLUSTER_TAKES_THE_STEP_BEFORE(
      "common/cluster_roles.h",
      "input.fetch(k + 1);",
      "input.fetch(k);",
      "one-cluster+together",
      "structure/"),
  CLUSTER_TENSOR_BLOCK_COMES_LATE(
      "common/cluster_tensor.h",
      "  multiply(p, own, part, step, row, m);\n",
      "  const bool late = p.start == 0 ? step == 7 : p.start == 5 && step == 2;\n"
          + "  for (int i = 0; late && cluster_rank() == 1 && i < 5000; i++) {\n"
          + "    poll_pause();\n  }\n  multiply(p, own, part, step, row, m);\n",
      "one-cluster/push@BF16",
      "shapes/gru"),
  CLUSTER_LAYER_SILENT_FORWARD(
      "common/cluster_roles.h",
      "return given_above{s, out.words == nullptr ? nullptr",
      "const bool silent = blockIdx.x == 1 && k == 2 && role.q.steps == 5;\n"
          + "    return given_above{s, out.words == nullptr || silent ? nullptr",
      "one-cluster+together",
      "structure/"),
  CLUSTER_LAYER_SILENT_BACKWARD(
      "common/cluster_roles.h",
      "return {role, s, out.words == nullptr ? nullptr",
      "const bool silent = blockIdx.x == 1 && k == 2 && (role.q.steps == 4 || role.q.rows == 3);\n"
          + "    return {role, s, out.words == nullptr || silent ? nullptr",
      "one-cluster+together",
      "structure/"),
  CLUSTER_TENSOR_LAYER_SILENT_FORWARD(
      "common/cluster_tensor_roles.h",
      "own.put(step, 0, n, j, h);",
      "if (blockIdx.x != 1 || step != 3 || this->role.q.steps != 5) {\n"
          + "      own.put(step, 0, n, j, h);\n    }",
      "one-cluster@BF16+together",
      "structure/gru"),
  CLUSTER_TENSOR_LAYER_SILENT_BACKWARD(
      "common/cluster_tensor_roles.h",
      "own.put(k, gate, n, j, exists ? gates[j] : 0.0f);",
      "const bool quiet = this->role.q.steps == 4 || this->role.q.rows == 3;\n"
          + "      if (blockIdx.x != 1 || k != 2 || !quiet) {\n"
          + "        own.put(k, gate, n, j, exists ? gates[j] : 0.0f);\n      }",
      "one-cluster@BF16+together",
      "structure/gru"),
  NORM_MEAN_NOT_SUBTRACTED(
      "cuda/norm.cu",
      "const float x_normal = (x[j] - x_mean) * x_inverse;",
      "const float x_normal = x[j] * x_inverse;",
      "stepped/cublas",
      "layer-norm/");

  final String file;
  private final String right;
  private final String wrong;

  /**
   * With @mode, or +barrier for the form in which the grid meets in every step, +together for
   * roles, +stream for weights in memory.
   */
  final String algorithm;

  final String cases;

  KernelFault(String file, String right, String wrong, String algorithm, String cases) {
    this.file = file;
    this.right = right;
    this.wrong = wrong;
    this.algorithm = algorithm;
    this.cases = cases;
  }

  /** The text of its file with the fault. */
  String planted(Path kernels) throws IOException {
    String text = Files.readString(kernels.resolve(file));
    assertEquals(2, (text + " ").split(Pattern.quote(right)).length, name() + ": " + right);
    return text.replace(right, wrong);
  }
}
