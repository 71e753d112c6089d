// needs: sm_80
// The persistent loops of vanilla cells in TF32, bfloat16 and binary16, see tensor_forward.h.
#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "vanilla_step.h"
#include "rounding.h"
#include "exchange_pieces.h"
#include "mma_pieces.h"
#include "persistent_meeting.h"
#include "persistent_vanilla.h"
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

// vanilla_forward_tensor: steps first ... first+count-1 in the order of processing in a
// cooperative launch, block b owning units b * share ... with all gates.
// in : gates [T,N,H] = W x; weight [H,H] = R; biases [H]; h_seq slot before the first step; marks
//      [T,N]; sync three words of 0;
//      mail of `slots` planes and 4 words, see make_panel; stream see panel_form
// out: gates = dh/da; h_seq slots after each step; y if has_y; errors |= REPORT_GAVE_UP if some block
//      did not come, or publish, within `limit` nanoseconds
// scratch: see make_panel
extern "C" __global__ void __launch_bounds__(256, 1) vanilla_forward_tensor(
    float *gates, const long long gates_offset, const float *__restrict__ weight,
    const long long weight_offset, const float *__restrict__ bias_ih,
    const long long bias_ih_offset, const float *__restrict__ bias_hh,
    const long long bias_hh_offset, const int biases, const float *__restrict__ own,
    const long long own_offset, const int flags, const float clip, const int functions,
    const float f_alpha, const float f_beta, float *h_seq, const long long h_seq_offset,
    float *y, const long long y_offset, const long long y_step, const long long y_row,
    const int has_y, const int *__restrict__ marks, const long long marks_offset,
    const int masking, const float fill, const int reverse, const int first, const int count,
    const int steps, const int rows, const int hidden, const int share, const int format, const int held,
    const long long streamed, float *stream, const long long stream_offset, float *mail,
    const long long mail_offset, const int slots,
    int *sync, const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * 8];
  const cell_options_t options =
      cell_options(flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const vanilla_forward_cell cell = {
      gates + gates_offset, bias_ih + bias_ih_offset, bias_hh + bias_hh_offset,
      own + own_offset, options, biases, rows, hidden};
  const sequence q = {h_seq + h_seq_offset, y + y_offset, y_step, y_row, marks + marks_offset,
                      fill, has_y, masking, reverse, first, count, steps, rows, hidden};
  tensor_forward<1, 8, 2>(
      scratch, warps, weight + weight_offset, cell, q,
      panel_form{share, format, held, streamed, stream + stream_offset}, mail + mail_offset, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit));
}

// vanilla_backward_tensor: steps last ... last-count+1 in reverse order of processing in a cooperative
// launch, block b owning units b * share ...
// in : gates [T,N,H] dh/da; weight [H,H] = R; dy if has_dy; dh [N,H] from the steps after; sync three
//      words of 0; mail as in forward
// out: dgates [T,N,H], 0 in padding; dh [N,H] for the steps before, in place; errors as above
// scratch: see make_panel
extern "C" __global__ void __launch_bounds__(256, 1) vanilla_backward_tensor(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ own, const long long own_offset, const int flags, const float clip,
    const int functions, const float f_alpha, const float f_beta, float *dgates, const long long dgates_offset, const float *__restrict__ dy,
    const long long dy_offset, const long long dy_step, const long long dy_row,
    const int has_dy, float *dh, const long long dh_offset, const int *__restrict__ marks,
    const long long marks_offset, const int masking, const int reverse, const int last,
    const int count, const int steps, const int rows, const int hidden, const int share,
    const int format, const int held,
    const long long streamed, float *stream, const long long stream_offset, float *mail, const long long mail_offset, const int slots, int *sync, const long long sync_offset, int *errors,
    const long long errors_offset, const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * 8];
  const cell_options_t options =
      cell_options(flags, clip, 0.0f, functions, f_alpha, f_beta, 0.0f, 0.0f, 0.0f, 0.0f);
  const vanilla_backward_cell cell = {
      gates + gates_offset, own + own_offset, dgates + dgates_offset, options, rows, hidden};
  const reverse_sequence q = {
      dgates + dgates_offset, dy + dy_offset, dy_step, dy_row, dh + dh_offset, nullptr,
      marks + marks_offset, has_dy, masking, reverse, last, count, steps, rows, hidden};
  tensor_backward<1, 8, 1>(
      scratch, warps, weight + weight_offset, cell, q,
      panel_form{share, format, held, streamed, stream + stream_offset}, mail + mail_offset, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit));
}

// vanilla_forward_tensor_roles: as vanilla_forward_roles.
// scratch: ROLE_WORDS, as make_panel says, then the fragments of W if any role has an input
extern "C" __global__ void __launch_bounds__(256, 1) vanilla_forward_tensor_roles(
    int *roles, const long long roles_offset, const int loops, const int first,
    const int count, const int share, const int format, const int slots, int *sync,
    const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * 8];
  tensor_roles_forward<1, 4, 4, 2, vanilla_forward_cell>(
      scratch, warps, roles + roles_offset, first, count, share, format, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit, loops));
}

// vanilla_backward_tensor_roles: as vanilla_backward_roles.
// scratch: dy of the own units [N, share] before the fragments of W
extern "C" __global__ void __launch_bounds__(256, 1) vanilla_backward_tensor_roles(
    int *roles, const long long roles_offset, const int loops, const int stacked, const int last,
    const int count, const int share, const int format, const int slots, int *sync,
    const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * 8];
  tensor_roles_backward<1, 0, 8, 8, 1, vanilla_backward_cell>(
      scratch, warps, roles + roles_offset, stacked, last, count, share, format, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit, loops));
}
