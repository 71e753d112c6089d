package org.recurrentops.gpu;

import java.util.List;

/** The kernels of the cells: of one step, and of whole sequences. */
final class CellKernels {
  static final String BIASES = "const float* bias_ih, const float* bias_hh, int biases, ";
  static final String OUTPUT = "float* y, long y_step, long y_row, int has_y, ";
  static final String OUTPUT_GRADIENT = "const float* dy, long dy_step, long dy_row, int has_dy, ";
  static final String MASK_FORWARD = "const int* marks, int masking, float fill, int reverse, ";
  static final String MASK_BACKWARD = "const int* marks, int masking, int reverse, ";
  private static final String F = "int functions, float f_alpha, float f_beta, ";
  private static final String G = "float g_alpha, float g_beta, ";
  private static final String H = "float h_alpha, float h_beta, ";
  static final String VANILLA_OPTIONS = "const float* own, int flags, float clip, " + F;
  static final String GRU_OPTIONS = "int flags, float clip, " + F + G;
  static final String LSTM_OPTIONS =
      "const float* peepholes, int flags, float clip, float cell_clip, " + F + G + H;
  private static final String STEP = "int t, int rows, int hidden";

  static final KernelId VANILLA_FORWARD =
      KernelId.of(
          "vanilla",
          "vanilla_forward",
          "float* gates, "
              + BIASES
              + VANILLA_OPTIONS
              + "float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + STEP);
  static final KernelId VANILLA_BACKWARD =
      KernelId.of(
          "vanilla",
          "vanilla_backward",
          "const float* gates, "
              + VANILLA_OPTIONS
              + "float* dgates, "
              + OUTPUT_GRADIENT
              + "float* dh, "
              + MASK_BACKWARD
              + STEP);
  static final KernelId LSTM_FORWARD =
      KernelId.of(
          "lstm",
          "lstm_forward",
          "float* gates, "
              + BIASES
              + LSTM_OPTIONS
              + "float* c_seq, long c_step, float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + STEP);
  static final KernelId LSTM_FORWARD_CELL =
      KernelId.of(
          "lstm",
          "lstm_forward_cell",
          "float* gates, "
              + BIASES
              + LSTM_OPTIONS
              + "float* c_seq, long c_step, float* m_seq, long m_step, "
              + MASK_BACKWARD
              + STEP);
  static final KernelId LSTM_BACKWARD =
      KernelId.of(
          "lstm",
          "lstm_backward",
          "const float* gates, const float* c_seq, const float* c_fresh, "
              + LSTM_OPTIONS
              + "float* dgates, "
              + OUTPUT_GRADIENT
              + "float* dh, float* dc, "
              + MASK_BACKWARD
              + STEP);
  static final KernelId LSTM_BACKWARD_CELL =
      KernelId.of(
          "lstm",
          "lstm_backward_cell",
          "const float* gates, const float* c_seq, const float* c_fresh, "
              + LSTM_OPTIONS
              + "float* dgates, const float* dm, float* dc, "
              + MASK_BACKWARD
              + STEP);
  static final KernelId PROJECTION_FORWARD =
      KernelId.of(
          "projection",
          "projection_forward",
          "float* h_seq, " + OUTPUT + MASK_FORWARD + "int t, int rows, int width");
  static final KernelId PROJECTION_BACKWARD =
      KernelId.of(
          "projection",
          "projection_backward",
          OUTPUT_GRADIENT
              + "float* dh, float* dh_seq, "
              + MASK_BACKWARD
              + "int t, int rows, int width");
  static final KernelId GRU_FORWARD =
      KernelId.of(
          "gru",
          "gru_forward",
          "float* gates, const float* recurrent, "
              + BIASES
              + GRU_OPTIONS
              + "float* q_seq, long q_step, float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + STEP);
  static final KernelId GRU_BACKWARD =
      KernelId.of(
          "gru",
          "gru_backward",
          "const float* gates, const float* q_seq, const float* h_seq, "
              + GRU_OPTIONS
              + "float* dgates, "
              + "float* drecurrent, "
              + OUTPUT_GRADIENT
              + "float* dh, "
              + MASK_BACKWARD
              + STEP);
  static final KernelId RESET_BEFORE_FORWARD_RESET =
      KernelId.of(
          "gru_reset_before",
          "gru_reset_before_forward_reset",
          "float* gates, "
              + BIASES
              + GRU_OPTIONS
              + "const float* h_seq, float* s_seq, long s_step, "
              + "const int* marks, int reverse, "
              + STEP);
  static final KernelId RESET_BEFORE_FORWARD =
      KernelId.of(
          "gru_reset_before",
          "gru_reset_before_forward",
          "float* gates, "
              + BIASES
              + GRU_OPTIONS
              + "float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + STEP);
  static final KernelId RESET_BEFORE_BACKWARD =
      KernelId.of(
          "gru_reset_before",
          "gru_reset_before_backward",
          "const float* gates, const float* h_seq, "
              + GRU_OPTIONS
              + "float* dgates, "
              + OUTPUT_GRADIENT
              + "float* dh, "
              + MASK_BACKWARD
              + STEP);
  static final KernelId RESET_BEFORE_BACKWARD_RESET =
      KernelId.of(
          "gru_reset_before",
          "gru_reset_before_backward_reset",
          "const float* gates, const float* h_seq, const float* ds, "
              + GRU_OPTIONS
              + "float* dgates, float* dh, "
              + "const int* marks, int reverse, "
              + STEP);

  static final String SEQUENCE_FORWARD = "int first, int count, int steps, int rows, int hidden";
  static final String SEQUENCE_BACKWARD = "int last, int count, int steps, int rows, int hidden";
  static final String SEQUENCE_WEIGHTS = "const float* weight, ";

  static final KernelId VANILLA_FORWARD_SEQUENCE =
      KernelId.withLocal(
          "vanilla_sequence",
          "vanilla_forward_sequence",
          "float* gates, "
              + SEQUENCE_WEIGHTS
              + BIASES
              + VANILLA_OPTIONS
              + "float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + SEQUENCE_FORWARD);
  static final KernelId VANILLA_BACKWARD_SEQUENCE =
      KernelId.withLocal(
          "vanilla_sequence",
          "vanilla_backward_sequence",
          "const float* gates, "
              + SEQUENCE_WEIGHTS
              + VANILLA_OPTIONS
              + "float* dgates, "
              + OUTPUT_GRADIENT
              + "float* dh, "
              + MASK_BACKWARD
              + SEQUENCE_BACKWARD);
  static final KernelId LSTM_FORWARD_SEQUENCE =
      KernelId.withLocal(
          "lstm_sequence",
          "lstm_forward_sequence",
          "float* gates, "
              + SEQUENCE_WEIGHTS
              + BIASES
              + LSTM_OPTIONS
              + "float* c_seq, long c_step, "
              + "float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + SEQUENCE_FORWARD);
  static final KernelId LSTM_BACKWARD_SEQUENCE =
      KernelId.withLocal(
          "lstm_sequence",
          "lstm_backward_sequence",
          "const float* gates, "
              + SEQUENCE_WEIGHTS
              + "const float* c_seq, "
              + LSTM_OPTIONS
              + "float* dgates, "
              + OUTPUT_GRADIENT
              + "float* dh, float* dc, "
              + MASK_BACKWARD
              + SEQUENCE_BACKWARD);
  static final KernelId LSTM_PROJECTED_FORWARD_SEQUENCE =
      KernelId.withLocal(
          "lstm_projected_sequence",
          "lstm_projected_forward_sequence",
          "float* gates, "
              + SEQUENCE_WEIGHTS
              + "const float* projection, "
              + BIASES
              + LSTM_OPTIONS
              + "float* c_seq, long c_step, float* m_seq, long m_step, "
              + "float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + SEQUENCE_FORWARD
              + ", int width");
  static final KernelId LSTM_PROJECTED_BACKWARD_SEQUENCE =
      KernelId.withLocal(
          "lstm_projected_sequence",
          "lstm_projected_backward_sequence",
          "const float* gates, "
              + SEQUENCE_WEIGHTS
              + "const float* projection, const float* c_seq, "
              + LSTM_OPTIONS
              + "float* dgates, "
              + OUTPUT_GRADIENT
              + "float* dh, float* dh_seq, float* dc, "
              + MASK_BACKWARD
              + SEQUENCE_BACKWARD
              + ", int width");
  static final KernelId GRU_FORWARD_SEQUENCE =
      KernelId.withLocal(
          "gru_sequence",
          "gru_forward_sequence",
          "float* gates, "
              + SEQUENCE_WEIGHTS
              + BIASES
              + GRU_OPTIONS
              + "float* q_seq, long q_step, "
              + "float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + SEQUENCE_FORWARD);
  static final KernelId GRU_BACKWARD_SEQUENCE =
      KernelId.withLocal(
          "gru_sequence",
          "gru_backward_sequence",
          "const float* gates, "
              + SEQUENCE_WEIGHTS
              + "const float* q_seq, const float* h_seq, "
              + GRU_OPTIONS
              + "float* dgates, float* drecurrent, "
              + OUTPUT_GRADIENT
              + "float* dh, "
              + MASK_BACKWARD
              + SEQUENCE_BACKWARD);
  static final KernelId RESET_BEFORE_FORWARD_SEQUENCE =
      KernelId.withLocal(
          "gru_reset_before_sequence",
          "gru_reset_before_forward_sequence",
          "float* gates, "
              + SEQUENCE_WEIGHTS
              + BIASES
              + GRU_OPTIONS
              + "float* s_seq, long s_step, "
              + "float* h_seq, "
              + OUTPUT
              + MASK_FORWARD
              + SEQUENCE_FORWARD);
  static final KernelId RESET_BEFORE_BACKWARD_SEQUENCE =
      KernelId.withLocal(
          "gru_reset_before_sequence",
          "gru_reset_before_backward_sequence",
          "const float* gates, "
              + SEQUENCE_WEIGHTS
              + "const float* h_seq, "
              + GRU_OPTIONS
              + "float* dgates, "
              + OUTPUT_GRADIENT
              + "float* dh, "
              + MASK_BACKWARD
              + SEQUENCE_BACKWARD);

  static final KernelId ADD_CELL_GRADIENT =
      KernelId.of(
          "state_gradients",
          "add_cell_gradient",
          "const float* cells, long cells_step, long cells_row, float* dc, const int* marks, "
              + "int batch, "
              + STEP);
  static final KernelId STORE_HIDDEN_GRADIENT =
      KernelId.of(
          "state_gradients",
          "store_hidden_gradient",
          OUTPUT_GRADIENT
              + "const float* dh, float* total, long total_step, long total_row, "
              + "const int* marks, int batch, int t, int rows, int width");

  private static final String NORM_GAINS = "const float* gain_ih, const float* gain_hh, ";
  private static final String CELL_NORM = "const float* gain_c, const float* shift_c, ";

  static final KernelId NORM_GATES =
      KernelId.withLocal(
          "norm",
          "norm_gates",
          "float* gates, float* recurrent, "
              + NORM_GAINS
              + "float* normal_ih, float* normal_hh, float* inverses, int keeps, int adds, "
              + "float epsilon, int t, int rows, int columns");
  static final KernelId NORM_GATES_GRADIENT =
      KernelId.withLocal(
          "norm",
          "norm_gates_gradient",
          "float* dgates, float* drecurrent, float* dargs, float* drecurrent_args, int separate, "
              + NORM_GAINS
              + "const float* normal_ih, const float* normal_hh, const float* inverses, "
              + "const int* marks, int t, int rows, int columns");
  static final KernelId LSTM_NORM_FORWARD =
      KernelId.withLocal(
          "lstm_norm",
          "lstm_norm_forward",
          "float* gates, "
              + BIASES
              + LSTM_OPTIONS
              + "float* c_seq, long c_step, "
              + CELL_NORM
              + "float* normal_c, float* inverses, int keeps, float epsilon, float* m_seq, "
              + "long m_step, float* h_seq, int projected, "
              + MASK_BACKWARD
              + STEP);
  static final KernelId LSTM_NORM_BACKWARD =
      KernelId.withLocal(
          "lstm_norm",
          "lstm_norm_backward",
          "const float* gates, const float* c_seq, "
              + LSTM_OPTIONS
              + CELL_NORM
              + "const float* normal_c, const float* inverses, float* dgates, const float* dm, "
              + "long dm_step, float* dcell, float* dc, "
              + MASK_BACKWARD
              + STEP);
  private static final String ZONEOUT =
      "const int* random, int draws, int kind_layer, int first_unit, int threshold, float share, "
          + "int batch, int reverse, int t, int rows, int width";
  static final KernelId ZONEOUT_FORWARD =
      KernelId.of(
          "zoneout",
          "zoneout_forward",
          "float* state, long state_step, float* fresh, int keeps_fresh, "
              + OUTPUT
              + "const int* marks, "
              + ZONEOUT);
  static final KernelId ZONEOUT_BACKWARD =
      KernelId.of(
          "zoneout",
          "zoneout_backward",
          "float* d, float* kept, "
              + OUTPUT_GRADIENT
              + "const int* marks, int masking, "
              + ZONEOUT);

  private static final List<KernelId> ALL =
      List.of(
          VANILLA_FORWARD,
          VANILLA_BACKWARD,
          LSTM_FORWARD,
          LSTM_FORWARD_CELL,
          LSTM_BACKWARD,
          LSTM_BACKWARD_CELL,
          PROJECTION_FORWARD,
          PROJECTION_BACKWARD,
          GRU_FORWARD,
          GRU_BACKWARD,
          RESET_BEFORE_FORWARD_RESET,
          RESET_BEFORE_FORWARD,
          RESET_BEFORE_BACKWARD,
          RESET_BEFORE_BACKWARD_RESET,
          VANILLA_FORWARD_SEQUENCE,
          VANILLA_BACKWARD_SEQUENCE,
          LSTM_FORWARD_SEQUENCE,
          LSTM_BACKWARD_SEQUENCE,
          LSTM_PROJECTED_FORWARD_SEQUENCE,
          LSTM_PROJECTED_BACKWARD_SEQUENCE,
          GRU_FORWARD_SEQUENCE,
          GRU_BACKWARD_SEQUENCE,
          RESET_BEFORE_FORWARD_SEQUENCE,
          RESET_BEFORE_BACKWARD_SEQUENCE,
          NORM_GATES,
          NORM_GATES_GRADIENT,
          LSTM_NORM_FORWARD,
          LSTM_NORM_BACKWARD,
          ADD_CELL_GRADIENT,
          STORE_HIDDEN_GRADIENT,
          ZONEOUT_FORWARD,
          ZONEOUT_BACKWARD);

  private CellKernels() {}

  static List<KernelId> all() {
    return ALL;
  }
}
