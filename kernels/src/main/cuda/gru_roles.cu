#include "cell_math.h"
#include "activation.h"
#include "cell_options.h"
#include "masking.h"
#include "memory.h"
#include "gru_step.h"
#include "exchange_pieces.h"
#include "persistent_meeting.h"
#include "persistent_gru.h"
#include "persistent_sequence.h"
#include "persistent_pieces.h"
#include "mail_forward.h"
#include "mail_backward.h"
#include "mail_words.h"
#include "strip_quad.h"
#include "stream_pieces.h"
#include "strip_pieces.h"
#include "strip_product.h"
#include "role_table.h"
#include "persistent_roles.h"
#include "strip_roles.h"

// gru_forward_role: puts what gru_forward_persistent takes into a table, as role number `role`
// of gru_forward_roles. With has_input W = input_weight [3H,H] and input, the mailbox of the role
// before, give the step what gates hold without.
extern "C" __global__ void gru_forward_role(
    float *gates, const long long gates_offset, const float *weight,
    const long long weight_offset, const float *bias_ih, const long long bias_ih_offset,
    const float *bias_hh, const long long bias_hh_offset, const int biases, const int flags,
    const float clip, const int functions, const float f_alpha, const float f_beta,
    const float g_alpha, const float g_beta, float *q_seq, const long long q_seq_offset,
    const long long q_step, float *h_seq, const long long h_seq_offset, float *y,
    const long long y_offset, const long long y_step, const long long y_row, const int has_y,
    const int *marks, const long long marks_offset, const int masking, const float fill,
    const int reverse, const int steps, const int rows, const int hidden,
    float *mail,
    const long long mail_offset, const float *input_weight,
    const long long input_weight_offset, float *input, const long long input_offset,
    const int has_input, const int role, int *roles, const long long roles_offset) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f, 0.0f);
  const gru_forward_cell cell = {
      gates + gates_offset, q_seq + q_seq_offset, bias_ih + bias_ih_offset,
      bias_hh + bias_hh_offset, options, q_step, biases, rows, hidden};
  const sequence q = {
      h_seq + h_seq_offset, y + y_offset, y_step, y_row, marks + marks_offset, fill, has_y,
      masking, reverse, 0, 0, steps, rows, hidden};
  const forward_role<gru_forward_cell> loop = {
      cell, q, weight + weight_offset, mail + mail_offset,
      has_input ? input_weight + input_weight_offset : nullptr, input + input_offset};
  put_role(roles + roles_offset, role, loop);
}

// gru_forward_roles: the loops of a table in one cooperative launch, of gridDim.x / loops blocks
// each; steps first ... first+count-1 in each one's order of processing. sync: three words of 0;
// scratch: ROLE_WORDS, as make_strip says, then the strip of W if any role has an input.
extern "C" __global__ void __launch_bounds__(256, 1) gru_forward_roles(
    int *roles, const long long roles_offset, const int loops, const int first,
    const int count, const int share, const int tiles, const int lanes, const int slots,
    int *sync, const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  roles_forward<3, 7, gru_forward_cell>(
      scratch, roles + roles_offset, first, count, share, tiles, lanes, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit, loops));
}

// gru_backward_role: puts what gru_backward_persistent takes into a table, as role number `role`
// of gru_backward_roles. With has_input dy is not read but made, from W = input_weight [3H,H] and
// input, the mailbox of the role before.
extern "C" __global__ void gru_backward_role(
    const float *gates, const long long gates_offset, const float *weight,
    const long long weight_offset, const float *q_seq, const long long q_seq_offset,
    const float *h_seq, const long long h_seq_offset, const int flags, const float clip,
    const int functions, const float f_alpha, const float f_beta, const float g_alpha,
    const float g_beta, float *dgates, const long long dgates_offset, float *drecurrent,
    const long long drecurrent_offset, const float *dy, const long long dy_offset,
    const long long dy_step, const long long dy_row, const int has_dy, float *dh,
    const long long dh_offset, const int *marks, const long long marks_offset,
    const int masking, const int reverse, const int steps, const int rows, const int hidden,
    float *mail,
    const long long mail_offset, const float *input_weight,
    const long long input_weight_offset, float *input, const long long input_offset,
    const int has_input, const int role, int *roles, const long long roles_offset) {
  const cell_options_t options = cell_options(
      flags, clip, 0.0f, functions, f_alpha, f_beta, g_alpha, g_beta, 0.0f, 0.0f);
  const gru_backward_cell cell = {
      gates + gates_offset, q_seq + q_seq_offset, h_seq + h_seq_offset, dgates + dgates_offset,
      drecurrent + drecurrent_offset, options, reverse, rows, hidden};
  const reverse_sequence q = {
      drecurrent + drecurrent_offset, dy + dy_offset, dy_step, dy_row, dh + dh_offset, nullptr,
      marks + marks_offset, has_dy, masking, reverse, 0, 0, steps, rows, hidden};
  const backward_role<gru_backward_cell> loop = {
      cell, q, weight + weight_offset, mail + mail_offset,
      has_input ? input_weight + input_weight_offset : nullptr, input + input_offset};
  put_role(roles + roles_offset, role, loop);
}

// gru_backward_roles: the same, steps last ... last-count+1 in reverse order of processing;
// scratch: dy of the own units [N, share] before the strip of W; stacked: whether any role has an input.
// A row of a mailbox then begins with the last gate of dgates, those of drecurrent follow.
extern "C" __global__ void __launch_bounds__(256, 1) gru_backward_roles(
    int *roles, const long long roles_offset, const int loops, const int stacked, const int last,
    const int count, const int share, const int tiles, const int lanes, const int slots,
    int *sync, const long long sync_offset, int *errors, const long long errors_offset,
    const long long limit) {
  extern __shared__ float scratch[];
  roles_backward<3, 1, 7, gru_backward_cell>(
      scratch, roles + roles_offset, stacked, last, count, share, tiles, lanes, slots,
      meeting_at(sync + sync_offset, errors + errors_offset, limit, loops));
}
