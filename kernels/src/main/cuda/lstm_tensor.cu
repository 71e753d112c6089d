// needs: sm_80
// The persistent loops of the LSTM in TF32, bfloat16 and binary16, see tensor_forward.h.
#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "lstm_step.h"
#include "rounding.h"
#include "exchange_pieces.h"
#include "mma_pieces.h"
#include "persistent_meeting.h"
#include "persistent_lstm.h"
#include "persistent_sequence.h"
#include "copy_pieces.h"
#include "stream_pieces.h"
#include "tensor_pieces.h"
#include "tensor_ring.h"
#include "tensor_product.h"
#include "mail_forward.h"
#include "mail_backward.h"
#include "tensor_forward.h"
#include "tensor_backward.h"
#include "role_table.h"
#include "persistent_roles.h"
#include "tensor_roles.h"

// lstm_forward_tensor: steps first ... first+count-1 in the order of processing in a
// cooperative launch, block b owning units b * share ... with all gates.
// in : gates [T,N,4H] = W x in order i,f,g,o; weight [4H,H] = R; biases [4H]; c_seq, h_seq slot
//      before the first step; marks [T,N]; sync three words of 0;
//      mail of `slots` planes and 4 words, see make_panel; stream see panel_form
// out: gates activated; c_seq and h_seq slots after each step; y if has_y; errors |= REPORT_GAVE_UP
//      if some block did not come, or publish, within `limit` nanoseconds
// scratch: see make_panel
extern "C" __global__ void __launch_bounds__(256, 1) lstm_forward_tensor(
    float *gates, const long long gates_offset, const float *__restrict__ weight,
    const long long weight_offset, const float *__restrict__ bias_ih,
    const long long bias_ih_offset, const float *__restrict__ bias_hh,
    const long long bias_hh_offset, const int biases, const float *__restrict__ peepholes,
    const long long peepholes_offset, const int flags, const float clip, const float cell_clip,
    const int functions, const float f_alpha, const float f_beta, const float g_alpha,
    const float g_beta, const float h_alpha, const float h_beta, float *c_seq,
    const long long c_seq_offset, const long long c_step, float *h_seq,
    const long long h_seq_offset, float *y, const long long y_offset, const long long y_step,
    const long long y_row, const int has_y, const int *__restrict__ marks,
    const long long marks_offset, const int masking, const float fill, const int reverse,
    const int first, const int count, const int steps, const int rows, const int hidden,
    const int share, const int format, const int held,
    const long long streamed, float *stream, const long long stream_offset, float *mail,
    const long long mail_offset, const int slots, int *sync, const long long sync_offset, int *errors,
    const long long errors_offset, const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * 8];
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha, h_beta);
  const lstm_forward_cell cell = {
      gates + gates_offset,     c_seq + c_seq_offset,         bias_ih + bias_ih_offset,
      bias_hh + bias_hh_offset, peepholes + peepholes_offset, options,
      c_step,                   biases,                       masking,
      reverse,                  rows,                         hidden};
  const sequence q = {h_seq + h_seq_offset, y + y_offset, y_step, y_row, marks + marks_offset,
                      fill, has_y, masking, reverse, first, count, steps, rows, hidden};
  tensor_forward<4, 8, 4>(
      scratch, warps, weight + weight_offset, cell, q,
      panel_form{share, format, held, streamed, stream + stream_offset}, mail + mail_offset, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit));
}

// lstm_backward_tensor: steps last ... last-count+1 in reverse order of processing in a cooperative
// launch, block b owning units b * share ...
// in : gates [T,N,4H] activated; weight [4H,H] = R; c_seq [T+1,N,H]; dy if has_dy; dh, dc [N,H]
//      from the steps after; sync three words of 0;
//      mail of `slots` planes and 4 words, see make_panel; stream see panel_form
// out: dgates [T,N,4H], 0 in padding; dh, dc [N,H] for the steps before, in place; errors as above
// scratch: see make_panel
extern "C" __global__ void __launch_bounds__(256, 1) lstm_backward_tensor(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ c_seq, const long long c_seq_offset,
    const float *__restrict__ peepholes, const long long peepholes_offset, const int flags,
    const float clip, const float cell_clip, const int functions, const float f_alpha,
    const float f_beta, const float g_alpha, const float g_beta, const float h_alpha,
    const float h_beta, float *dgates, const long long dgates_offset,
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const int has_dy, float *dh, const long long dh_offset, float *dc,
    const long long dc_offset, const int *__restrict__ marks, const long long marks_offset,
    const int masking, const int reverse, const int last, const int count, const int steps,
    const int rows, const int hidden, const int share, const int format, const int held,
    const long long streamed, float *stream, const long long stream_offset, float *mail,
    const long long mail_offset, const int slots, int *sync,
    const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * 8];
  const cell_options_t options = cell_options(
      flags, clip, cell_clip, functions, f_alpha, f_beta, g_alpha, g_beta, h_alpha, h_beta);
  const lstm_backward_cell cell = {
      gates + gates_offset, c_seq + c_seq_offset, peepholes + peepholes_offset,
      dgates + dgates_offset, options, reverse, rows, hidden};
  const reverse_sequence q = {
      dgates + dgates_offset, dy + dy_offset, dy_step, dy_row, dh + dh_offset, dc + dc_offset,
      marks + marks_offset, has_dy, masking, reverse, last, count, steps, rows, hidden};
  tensor_backward<4, 8, 1>(
      scratch, warps, weight + weight_offset, cell, q,
      panel_form{share, format, held, streamed, stream + stream_offset}, mail + mail_offset, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit));
}

// lstm_forward_tensor_roles: as lstm_forward_roles.
// scratch: ROLE_WORDS, as make_panel says, then the fragments of W if any role has an input
extern "C" __global__ void __launch_bounds__(256, 1) lstm_forward_tensor_roles(
    int *roles, const long long roles_offset, const int loops, const int first,
    const int count, const int share, const int format, const int slots, int *sync,
    const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * 8];
  tensor_roles_forward<4, 4, 4, 3, lstm_forward_cell>(
      scratch, warps, roles + roles_offset, first, count, share, format, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit, loops));
}

// lstm_backward_tensor_roles: as lstm_backward_roles.
// scratch: dy of the own units [N, share] before the fragments of W
extern "C" __global__ void __launch_bounds__(256, 1) lstm_backward_tensor_roles(
    int *roles, const long long roles_offset, const int loops, const int stacked, const int last,
    const int count, const int share, const int format, const int slots, int *sync,
    const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * 8];
  tensor_roles_backward<4, 0, 8, 8, 1, lstm_backward_cell>(
      scratch, warps, roles + roles_offset, stacked, last, count, share, format, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit, loops));
}
