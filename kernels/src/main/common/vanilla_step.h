// vanilla_step.h: one valid (n, j) of a vanilla step, for the stepped and the whole-sequence kernels.

// dh/da from a, not from h, because 1 - h*h has no digits left where tanh saturates:
// 4 e / (1 + e)^2 with e = exp(-2 |a|).
CELL_FUNCTION float vanilla_derivative(activation_t f, float a, float h) {
  if (f.function != FUNCTION_TANH) {
    return activation_gradient(f, a, h, 1.0f);
  }
  const float e = CELL_EXP(-2.0f * CELL_ABS(a));
  return 4.0f * e / ((1.0f + e) * (1.0f + e));
}

// Writes dh/da over the pre-activation (without bias), returns h. own is the weight of the unit's own
// past where units are independent.
CELL_FUNCTION float vanilla_step_forward(
    GLOBAL float *gate, float pre, GLOBAL const float *bias_ih, GLOBAL const float *bias_hh,
    int biases, GLOBAL const float *own, cell_options_t options, float h_before, int j) {
  float a = pre + gate_bias(bias_ih, bias_hh, biases, j);
  if (options.flags & OPTION_INDEPENDENT) {
    a += own[j] * h_before;
  }
  const float h = gate_value(options.f, options, a);
  *gate = CELL_ABS(a) > options.clip ? 0.0f : vanilla_derivative(options.f, a, h);
  return h;
}

// The gradient of a; selects where the derivative is 0 beside a kink, so that an infinite dh gives 0.
CELL_FUNCTION float vanilla_gradient(float dh, float derivative, cell_options_t options) {
  const int kinks = options.f.function != FUNCTION_TANH;
  return kinks && derivative == 0.0f ? 0.0f : dh * derivative;
}

// dh for the step before, without what the caller adds by a product.
CELL_FUNCTION float vanilla_own_gradient(
    float da, GLOBAL const float *own, cell_options_t options, int j) {
  return options.flags & OPTION_INDEPENDENT ? da * own[j] : 0.0f;
}
