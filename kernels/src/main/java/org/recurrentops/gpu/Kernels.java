package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;

/** Every kernel of the host program but those of {@link GemmKernels}, by file. */
public final class Kernels {
  static final KernelId COPY_ROWS =
      KernelId.of(
          "rows",
          "copy_rows",
          "const float* src, long src_outer, long src_row, float* dst, long dst_outer, "
              + "long dst_row, int inner, long rows, int width");
  static final KernelId COPY_VALID_ROWS =
      KernelId.of(
          "rows",
          "copy_valid_rows",
          "const float* src, long src_outer, long src_row, float* dst, long dst_outer, "
              + "long dst_row, const int* marks, int inner, long rows, int width");
  static final KernelId ZERO_PADDING =
      KernelId.of(
          "rows",
          "zero_padding",
          "float* x, long x_outer, long x_row, const int* marks, int inner, long rows, "
              + "int width");
  static final KernelId FILL_ROWS =
      KernelId.of(
          "rows",
          "fill_rows",
          "float* x, long x_outer, long x_row, int inner, long rows, int width, float value");
  static final KernelId ADD_ROWS =
      KernelId.of(
          "rows",
          "add_rows",
          "const float* src, long src_outer, long src_row, float scale, float* dst, "
              + "long dst_outer, long dst_row, int inner, long rows, int width");
  static final KernelId TRANSPOSE =
      KernelId.of("rows", "transpose", "const float* src, float* dst, int rows, int columns");
  static final KernelId INITIAL_STATE =
      KernelId.of(
          "rows",
          "initial_state",
          "const float* src, long src_row, int has_src, float* dst, const int* row_marks, "
              + "int masking, int reverse, int rows, int width");
  static final KernelId FINAL_STATE =
      KernelId.of(
          "rows",
          "final_state",
          "const float* last, const float* initial, long initial_row, int has_initial, "
              + "float* dst, long dst_row, const int* row_marks, int masking, int steps, int rows, "
              + "int width");

  static final KernelId FILL_MARKS =
      KernelId.of("run_state", "fill_marks", "int* marks, int* row_marks, int rows, int steps");
  static final KernelId MARK_LENGTHS =
      KernelId.of(
          "run_state",
          "mark_lengths",
          "const int* src, long src_row, int* marks, int* row_marks, int rows, int steps");
  static final KernelId SET_LENGTHS =
      KernelId.of(
          "run_state",
          "set_lengths",
          "int* lengths, int count, int v0, int v1, int v2, int v3, int v4, int v5, int v6, "
              + "int v7, int v8, int v9, int v10, int v11, int v12, int v13, int v14, int v15");
  static final KernelId SET_MASK =
      KernelId.of(
          "run_state",
          "set_mask",
          "int* marks, int count, int v0, int v1, int v2, int v3, int v4, int v5, int v6, "
              + "int v7, int v8, int v9, int v10, int v11, int v12, int v13, int v14, int v15");
  static final KernelId READ_MASK =
      KernelId.of(
          "run_state",
          "read_mask",
          "const unsigned char* mask, long mask_step, long mask_row, int* marks, int rows, "
              + "int steps");
  static final KernelId LINK_MARKS =
      KernelId.of("run_state", "link_marks", "int* marks, int* row_marks, int rows, int steps");
  static final KernelId DROPOUT =
      KernelId.of(
          "run_state",
          "dropout",
          "float* x, int rows, int steps, int first, int width, int layer, const int* random, "
              + "int threshold, int drops_all, float scale, const int* marks, int batch");

  private static final String PLACED = "const int* lengths, const int* places, const int* ranks, ";
  private static final String PLACED_STATES =
      PLACED
          + "int slots, int masking, int reverse, int first_rows, int steps, int rows, int width";

  static final KernelId RANK_ROWS =
      KernelId.of(
          "packing", "rank_rows", "const int* lengths, int* ranks, int* ends, int steps, int rows");
  static final KernelId PLACE_ROWS =
      KernelId.of(
          "packing",
          "place_rows",
          "const int* lengths, const int* ranks, const int* ends, int* places, int* sites, "
              + "int steps, int rows");
  static final KernelId PACK_ROWS =
      KernelId.of(
          "packing",
          "pack_rows",
          "const float* src, long src_step, long src_row, float* dst, const int* sites, int batch, "
              + "long rows, int width");
  static final KernelId PACK_STATES =
      KernelId.of(
          "packing",
          "pack_states",
          "const float* src, float* dst, const int* sites, const int* places, const int* ranks, "
              + "int after, int reverse, int first_rows, int batch, long rows, int width");
  static final KernelId UNPACK_STATES =
      KernelId.of(
          "packing",
          "unpack_states",
          "const float* src, const int* places, const int* ranks, const int* lengths, float* dst,"
              + " long dst_step, long dst_row, int masking, float fill, int reverse, int"
              + " first_rows, int steps, int rows, int width");
  static final KernelId BRING_STATES =
      KernelId.of(
          "packing",
          "bring_states",
          "const float* src, long src_row, int has_src, float* dst, " + PLACED_STATES);
  static final KernelId TAKE_STATES =
      KernelId.of(
          "packing",
          "take_states",
          "const float* src, const float* initial, long initial_row, int has_initial, float* dst, "
              + "long dst_row, "
              + PLACED_STATES);
  static final KernelId CARRY_GRADIENT =
      KernelId.of(
          "packing",
          "carry_gradient",
          "const float* dy, long dy_step, long dy_row, float share, float* dh, const int* lengths,"
              + " const int* ranks, int first_rows, int steps, int rows, int width");

  static final KernelId DROP_WEIGHTS =
      KernelId.of(
          "drop_connect",
          "drop_weights",
          "const float* src, float* dst, int rows, int columns, int kind_layer, int direction, "
              + "const int* random, int threshold, float scale, int accumulate");

  static final KernelId GATHER_COLUMNS =
      KernelId.of(
          "gather",
          "gather_columns",
          "const int* indices, long index_step, long index_row, const float* weight, "
              + "int columns, float* dst, int gates, const int* marks, int* errors, int batch, "
              + "int rows, int steps");
  static final KernelId GATHER_ROWS =
      KernelId.of(
          "gather",
          "gather_rows",
          "const int* indices, long index_outer, long index_row, const float* table, "
              + "long table_row, int table_rows, float* dst, long dst_outer, long dst_row, "
              + "int* errors, int inner, long rows, int width");
  static final KernelId CHAIN_NORMALISE =
      KernelId.of(
          "gather",
          "chain_normalise",
          "const int* indices, long index_outer, long index_row, const int* marks, "
              + "int has_marks, int* keys, int* linked, int batch, int inner, int rows, "
              + "int table_rows");
  static final KernelId CHAIN_LINK =
      KernelId.of("gather", "chain_link", "const int* keys, int* next, int* linked, int rows");
  static final KernelId CHAIN_SUM =
      KernelId.of(
          "gather",
          "chain_sum",
          "const float* src, long src_outer, long src_row, const int* keys, const int* next, "
              + "const int* linked, float* dst, long key_stride, long feature_stride, int inner, "
              + "int rows, int width");

  static final KernelId MERGE_OUTPUTS =
      KernelId.of(
          "merge",
          "merge_outputs",
          "float* y, long y_step, long y_row, const float* other, const int* marks, int masking, "
              + "int merge, int steps, int rows, int width");
  static final KernelId MERGE_GRADIENT =
      KernelId.of(
          "merge",
          "merge_gradient",
          "const float* dy, long dy_step, long dy_row, const float* other, float* part, "
              + "const int* marks, int masking, int merge, int other_reverse, int steps, "
              + "int rows, int width");
  static final KernelId REPEAT_COLUMNS =
      KernelId.of(
          "skip",
          "repeat_columns",
          "const float* src, long src_outer, long src_row, float* dst, int gates, int inner, "
              + "long rows, int width");
  static final KernelId SUM_BLOCKS =
      KernelId.of(
          "skip",
          "sum_blocks",
          "const float* src, int gates, float* dst, long dst_outer, long dst_row, int inner, "
              + "long rows, int width, int accumulate");
  static final KernelId COLUMN_SUM_PARTIAL =
      KernelId.of(
          "reduce",
          "column_sum_partial",
          "const float* src, long src_outer, long src_row, int inner, long rows, int columns, "
              + "int chunk_rows, float* partial");
  static final KernelId COLUMN_PRODUCT_PARTIAL =
      KernelId.of(
          "reduce",
          "column_product_partial",
          "const float* left, long left_outer, long left_row, const float* right, "
              + "long right_outer, long right_row, const int* marks, int inner, long rows, "
              + "int columns, int chunk_rows, float* partial");
  static final KernelId COLUMN_SUM_FINAL =
      KernelId.of(
          "reduce",
          "column_sum_final",
          "const float* partial, int chunks, int columns, float* dst, int accumulate");

  private static final String LOSS_ROWS =
      "const float* weights, long weights_outer, long weights_row, int has_weights, "
          + "const float* divisor, float gradient_scale, float* row_loss, float* gradient, "
          + "long gradient_outer, long gradient_row, int has_gradient, ";
  private static final String SKIP = "const int* skip, int has_skip, long count";

  static final KernelId SOFTMAX_ROWS =
      KernelId.withLocal(
          "loss",
          "softmax_rows",
          "const float* x, long x_outer, long x_row, float* dst, long dst_outer, long dst_row, "
              + "int inner, int width");
  static final KernelId SOFTMAX_CROSS_ENTROPY =
      KernelId.withLocal(
          "loss",
          "softmax_cross_entropy",
          "const float* x, long x_outer, long x_row, const int* target, long target_outer, "
              + "long target_row, "
              + LOSS_ROWS
              + "int* errors, int inner, int width");
  static final KernelId ELEMENTWISE_LOSS =
      KernelId.withLocal(
          "loss",
          "elementwise_loss",
          "const float* x, long x_outer, long x_row, const float* target, long target_outer, "
              + "long target_row, "
              + LOSS_ROWS
              + "int kind, int inner, int width");
  static final KernelId LOSS_DIVISOR =
      KernelId.withLocal(
          "loss",
          "loss_divisor",
          "const float* weights, long weights_outer, long weights_row, int has_weights, "
              + "const int* target, long target_outer, long target_row, int has_target, int mean, "
              + "int features, float* divisor, int inner, long rows");
  static final KernelId LOSS_TOTAL =
      KernelId.withLocal(
          "loss",
          "loss_total",
          "const float* row_loss, const float* divisor, float* loss, long rows");
  static final KernelId NORM_PARTIAL =
      KernelId.of(
          "optimizer", "norm_partial", "const float* x, long count, int chunks, float* partial");
  static final KernelId NORM_FINAL =
      KernelId.of(
          "optimizer",
          "norm_final",
          "const float* partial, int chunks, float* norm, int* nonfinite");
  static final KernelId COPY_WORD =
      KernelId.of("optimizer", "copy_word", "const int* src, int* dst");
  static final KernelId CLIP_TO_NORM =
      KernelId.of(
          "optimizer",
          "clip_to_norm",
          "float* x, long count, const float* norm, const int* nonfinite, float max_norm");
  static final KernelId SGD =
      KernelId.of(
          "optimizer",
          "sgd",
          "float* params, const float* gradient, float* velocity, int has_velocity, "
              + "float learning_rate, float momentum, int nesterov, float weight_decay, "
              + SKIP);
  static final KernelId ADAM =
      KernelId.of(
          "optimizer",
          "adam",
          "float* params, const float* gradient, float* m, float* v, float learning_rate, "
              + "float beta1, float beta2, float correction1, float correction2, float epsilon, "
              + "float weight_decay, "
              + SKIP);

  private static final List<KernelId> OWN =
      List.of(
          COPY_ROWS,
          COPY_VALID_ROWS,
          ZERO_PADDING,
          FILL_ROWS,
          ADD_ROWS,
          TRANSPOSE,
          INITIAL_STATE,
          FINAL_STATE,
          FILL_MARKS,
          MARK_LENGTHS,
          SET_LENGTHS,
          SET_MASK,
          READ_MASK,
          LINK_MARKS,
          DROPOUT,
          RANK_ROWS,
          PLACE_ROWS,
          PACK_ROWS,
          PACK_STATES,
          UNPACK_STATES,
          BRING_STATES,
          TAKE_STATES,
          CARRY_GRADIENT,
          DROP_WEIGHTS,
          GATHER_COLUMNS,
          GATHER_ROWS,
          CHAIN_NORMALISE,
          CHAIN_LINK,
          CHAIN_SUM,
          MERGE_OUTPUTS,
          MERGE_GRADIENT,
          REPEAT_COLUMNS,
          SUM_BLOCKS,
          COLUMN_SUM_PARTIAL,
          COLUMN_PRODUCT_PARTIAL,
          COLUMN_SUM_FINAL,
          SOFTMAX_ROWS,
          SOFTMAX_CROSS_ENTROPY,
          ELEMENTWISE_LOSS,
          LOSS_DIVISOR,
          LOSS_TOTAL,
          NORM_PARTIAL,
          NORM_FINAL,
          COPY_WORD,
          CLIP_TO_NORM,
          SGD,
          ADAM);

  private Kernels() {}

  /**
   * All of them.
   *
   * @return the kernels
   */
  public static List<KernelId> all() {
    List<KernelId> all = new ArrayList<>(CellKernels.all());
    all.addAll(OWN);
    return List.copyOf(all);
  }
}
