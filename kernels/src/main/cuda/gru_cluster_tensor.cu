// needs: sm_90
// The loops of the reset-after GRU inside clusters in TF32, bfloat16 and binary16, see cluster_tensor.h.
#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "gru_step.h"
#include "rounding.h"
#include "exchange_pieces.h"
#include "mma_pieces.h"
#include "persistent_meeting.h"
#include "persistent_gru.h"
#include "persistent_sequence.h"
#include "copy_pieces.h"
#include "stream_pieces.h"
#include "tensor_pieces.h"
#include "tensor_ring.h"
#include "tensor_product.h"
#include "cluster_shard.h"
#include "mail_forward.h"
#include "mail_backward.h"
#include "cluster_pieces.h"
#include "cluster_meeting.h"
#include "cluster_tensor.h"
#include "role_table.h"
#include "persistent_roles.h"
#include "cluster_tensor_roles.h"

// gru_forward_cluster_tensor: reset-after GRU, steps first ... first+count-1 in the order of
// processing, a cluster for each ROW_TILE * tiles rows, block b of it owning units b * share ...
// with all gates.
// in : gates [T,N,3H] = W x in order r,z,n; weight [3H,H] = R; biases [3H]; h_seq slot before
//      the first step; marks [T,N]
// out: gates activated; q_seq = R_n h- + b_Rn; h_seq slots after each step; y if has_y
//      errors |= REPORT_GAVE_UP if, with `pushes`, a step did not come within `limit` nanoseconds
// scratch: see make_panel and shard_panel
extern "C" __global__ void __launch_bounds__(256, 1) gru_forward_cluster_tensor(
    float *gates, const long long gates_offset, const float *__restrict__ weight,
    const long long weight_offset, const float *__restrict__ bias_ih,
    const long long bias_ih_offset, const float *__restrict__ bias_hh,
    const long long bias_hh_offset, const int biases, const int flags, const float clip,
    const int functions, const float f_alpha, const float f_beta, const float g_alpha,
    const float g_beta, float *q_seq, const long long q_seq_offset, const long long q_step,
    float *h_seq, const long long h_seq_offset, float *y, const long long y_offset,
    const long long y_step, const long long y_row, const int has_y,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const float fill, const int reverse, const int first, const int count, const int steps,
    const int rows, const int hidden, const int share,
    const int tiles, const int format, const int pushes, int *errors,
    const long long errors_offset, const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * MOST_WARPS];
  __shared__ arrival words[CLUSTER_WORDS];
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f, 0.0f);
  const gru_forward_cell cell = {
      gates + gates_offset, q_seq + q_seq_offset, bias_ih + bias_ih_offset,
      bias_hh + bias_hh_offset, options, q_step, biases, rows, hidden};
  const sequence q = {h_seq + h_seq_offset, y + y_offset, y_step, y_row, marks + marks_offset,
                      fill, has_y, masking, reverse, first, count, steps, rows, hidden};
  cluster_tensor_forward<3, 8, 4>(
      scratch, warps, weight + weight_offset, cell, q, share, tiles, format,
      cluster_meeting_at(words, pushes, errors + errors_offset, limit));
}

// gru_backward_cluster_tensor: steps last ... last-count+1 in reverse order of processing, a cluster
// for each ROW_TILE * tiles rows, block b of it owning units b * share ....
// in : gates [T,N,3H] activated; weight [3H,H] = R; q_seq [T,N,H]; h_seq [T+1,N,H]; dy if
//      has_dy; dh [N,H] from the steps after
// out: dgates, drecurrent [T,N,3H], 0 in padding; dh [N,H] for the steps before, in place
//      errors |= REPORT_GAVE_UP if, with `pushes`, a step did not come within `limit` nanoseconds
// scratch: see make_panel and shard_panel
extern "C" __global__ void __launch_bounds__(256, 1) gru_backward_cluster_tensor(
    const float *__restrict__ gates, const long long gates_offset,
    const float *__restrict__ weight, const long long weight_offset,
    const float *__restrict__ q_seq, const long long q_seq_offset,
    const float *__restrict__ h_seq, const long long h_seq_offset, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    const float g_alpha, const float g_beta, float *__restrict__ dgates,
    const long long dgates_offset, float *drecurrent, const long long drecurrent_offset,
    const float *__restrict__ dy, const long long dy_offset, const long long dy_step,
    const long long dy_row, const int has_dy, float *dh, const long long dh_offset,
    const int *__restrict__ marks, const long long marks_offset, const int masking,
    const int reverse, const int last, const int count, const int steps, const int rows,
    const int hidden, const int share,
    const int tiles, const int format, const int pushes, int *errors,
    const long long errors_offset, const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * MOST_WARPS];
  __shared__ arrival words[CLUSTER_WORDS];
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f, 0.0f);
  const gru_backward_cell cell = {
      gates + gates_offset, q_seq + q_seq_offset, h_seq + h_seq_offset, dgates + dgates_offset,
      drecurrent + drecurrent_offset, options, reverse, rows, hidden};
  const reverse_sequence q = {
      drecurrent + drecurrent_offset, dy + dy_offset, dy_step, dy_row, dh + dh_offset, nullptr,
      marks + marks_offset, has_dy, masking, reverse, last, count, steps, rows, hidden};
  cluster_tensor_backward<3, 8, 4>(
      scratch, warps, weight + weight_offset, cell, q, share, tiles, format,
      cluster_meeting_at(words, pushes, errors + errors_offset, limit));
}

// gru_forward_cluster_tensor_roles: as gru_forward_cluster_roles.
// scratch: ROLE_WORDS, as make_panel and shard_panel say, then the fragments of W
extern "C" __global__ void __launch_bounds__(256, 1) gru_forward_cluster_tensor_roles(
    int *roles, const long long roles_offset, const int loops, const int first, const int count,
    const int share, const int tiles, const int format, const int pushes, const int slots,
    int *sync, const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * MOST_WARPS];
  __shared__ arrival words[CLUSTER_WORDS];
  cluster_tensor_roles_forward<3, 4, 4, 4, gru_forward_cell>(
      scratch, warps, roles + roles_offset, first, count, share, tiles, format, slots,
      cluster_meeting_at(words, pushes, errors + errors_offset, limit),
      meeting_at(sync + sync_offset, errors + errors_offset, limit, loops));
}

// gru_backward_cluster_tensor_roles: as gru_backward_cluster_roles.
// scratch: behind the fragments of W dy of the own units [ROW_TILE * tiles, share]
extern "C" __global__ void __launch_bounds__(256, 1) gru_backward_cluster_tensor_roles(
    int *roles, const long long roles_offset, const int loops, const int last, const int count,
    const int share, const int tiles, const int format, const int pushes, const int slots,
    int *sync, const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  __shared__ unsigned warps[MMA_SCRATCH * MOST_WARPS];
  __shared__ arrival words[CLUSTER_WORDS];
  cluster_tensor_roles_backward<3, 4, 4, 3, gru_backward_cell>(
      scratch, warps, roles + roles_offset, last, count, share, tiles, format, slots,
      cluster_meeting_at(words, pushes, errors + errors_offset, limit),
      meeting_at(sync + sync_offset, errors + errors_offset, limit, loops));
}
