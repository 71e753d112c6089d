// gru_step.h: one valid (n, j) of a GRU step (reset after), for the stepped and the whole-sequence
// kernels. gates points at element j of a row [3H] in order r,z,n; sums are R h- of the three gates.

// Activates the row, writes q = R_n h- + b_Rn, returns h.
CELL_FUNCTION float gru_step_forward(
    GLOBAL float *gates, float sum_r, float sum_z, float sum_n, GLOBAL const float *bias_ih,
    GLOBAL const float *bias_hh, int biases, int options, float clip, float h_before,
    GLOBAL float *q_out, int j, int hidden) {
  const offset_t z_at = hidden;
  const offset_t n_at = 2 * (offset_t)hidden;
  const int keeps = options & OPTION_KEEPS_ARGUMENTS;
  float q = sum_n;
  float x_n = gates[n_at];
  if (biases > 0) {
    x_n += bias_ih[n_at + j];
  }
  if (biases > 1) {
    q += bias_hh[n_at + j];
  }
  const float a_r = gates[0] + sum_r + gate_bias(bias_ih, bias_hh, biases, j);
  const float a_z = gates[z_at] + sum_z + gate_bias(bias_ih, bias_hh, biases, z_at + j);
  const float r = sigmoid(clipped(a_r, clip));
  const float z = sigmoid(clipped(a_z, clip));
  const float a_n = x_n + r * q;
  const float n = CELL_TANH(clipped(a_n, clip));
  gates[0] = keeps ? a_r : r;
  gates[z_at] = keeps ? a_z : z;
  gates[n_at] = keeps ? a_n : n;
  *q_out = q;
  return gru_hidden(z, n, h_before);
}

// Gradients on both sides from dh = dL/dh; returns z dh, the direct part of dh for the step before.
CELL_FUNCTION float gru_step_backward(
    GLOBAL const float *gates, int options, float clip, float q, float h_before, float dh,
    GLOBAL float *dgates, GLOBAL float *drecurrent, int hidden) {
  const offset_t z_at = hidden;
  const offset_t n_at = 2 * (offset_t)hidden;
  const float r = saved_sigmoid(gates[0], options, clip);
  const float z = saved_sigmoid(gates[z_at], options, clip);
  const float n = saved_tanh(gates[n_at], options, clip);
  const float dn = clip_gradient(gates[n_at], clip, gru_dn(dh, z, n));
  const float dz = clip_gradient(gates[z_at], clip, gru_dz(dh, z, n, h_before));
  const float dr = clip_gradient(gates[0], clip, gru_dr(dn, q, r));
  dgates[0] = dr;
  dgates[z_at] = dz;
  dgates[n_at] = dn;
  drecurrent[0] = dr;
  drecurrent[z_at] = dz;
  drecurrent[n_at] = dn * r;
  return dh * z;
}
