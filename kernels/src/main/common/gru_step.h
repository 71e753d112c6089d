// gru_step.h: one valid (n, j) of a GRU step (reset after), for the stepped and the whole-sequence
// kernels. gates points at element j of a row [3H] in order r,z,n; sums are R h- of the three gates.

// Activates the row, writes q = R_n h- + b_Rn, returns h.
CELL_FUNCTION float gru_step_forward(
    GLOBAL float *gates, float sum_r, float sum_z, float sum_n, GLOBAL const float *bias_ih,
    GLOBAL const float *bias_hh, int biases, cell_options_t options, float h_before,
    GLOBAL float *q_out, int j, int hidden) {
  const offset_t z_at = hidden;
  const offset_t n_at = 2 * (offset_t)hidden;
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
  const float r = gate_value(options.f, options, a_r);
  const float z = gate_value(options.f, options, a_z);
  const float a_n = x_n + r * q;
  const float n = gate_value(options.g, options, a_n);
  gates[0] = kept_gate(options, a_r, r);
  gates[z_at] = kept_gate(options, a_z, z);
  gates[n_at] = kept_gate(options, a_n, n);
  *q_out = q;
  return gru_hidden(z, n, h_before);
}

// Gradients on both sides from dh = dL/dh; returns z dh, the direct part of dh for the step before.
CELL_FUNCTION float gru_step_backward(
    GLOBAL const float *gates, cell_options_t options, float q, float h_before, float dh,
    GLOBAL float *dgates, GLOBAL float *drecurrent, int hidden) {
  const offset_t z_at = hidden;
  const offset_t n_at = 2 * (offset_t)hidden;
  const float r = kept_value(options.f, options, gates[0]);
  const float z = kept_value(options.f, options, gates[z_at]);
  const float n = kept_value(options.g, options, gates[n_at]);
  const float dn = gate_gradient(options.g, options, gates[n_at], n, dh * (1.0f - z));
  const float dz = gate_gradient(options.f, options, gates[z_at], z, dh * (h_before - n));
  const float dr = gate_gradient(options.f, options, gates[0], r, dn * q);
  dgates[0] = dr;
  dgates[z_at] = dz;
  dgates[n_at] = dn;
  drecurrent[0] = dr;
  drecurrent[z_at] = dz;
  drecurrent[n_at] = dn * r;
  return dh * z;
}
