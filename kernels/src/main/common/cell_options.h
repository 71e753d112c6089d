// cell_options.h: options of the cells' equations, by value. Without a bound `clip` and `cell_clip` are
// infinite, so that nothing is cut. OPTION_ constants as in org.recurrentops.gpu.OptionFlags.
#define OPTION_PEEPHOLES 1
#define OPTION_COUPLED 2
// gates hold the arguments of the activations, not their values: backward needs what was cut, or a
// derivative that is not made of the value
#define OPTION_KEEPS_ARGUMENTS 4
#define OPTION_INDEPENDENT 8

// f, g, h as in org.recurrentops.RnnSpec.activation
typedef struct {
  int flags;
  float clip;
  float cell_clip;
  activation_t f;
  activation_t g;
  activation_t h;
} cell_options_t;

// functions holds f, g and h, four bits each
CELL_FUNCTION cell_options_t cell_options(
    int flags, float clip, float cell_clip, int functions, float f_alpha, float f_beta,
    float g_alpha, float g_beta, float h_alpha, float h_beta) {
  cell_options_t options;
  options.flags = flags;
  options.clip = clip;
  options.cell_clip = cell_clip;
  options.f = activation(functions & 15, f_alpha, f_beta);
  options.g = activation((functions >> 4) & 15, g_alpha, g_beta);
  options.h = activation((functions >> 8) & 15, h_alpha, h_beta);
  return options;
}

// NaN passes.
CELL_FUNCTION float clipped(float a, float bound) {
  return a > bound ? bound : a < -bound ? -bound : a;
}

CELL_FUNCTION float gate_value(activation_t f, cell_options_t options, float a) {
  return activate(f, clipped(a, options.clip));
}

// What the gates hold of an argument and its value.
CELL_FUNCTION float kept_gate(cell_options_t options, float a, float value) {
  return options.flags & OPTION_KEEPS_ARGUMENTS ? a : value;
}

// The value of a gate that is held.
CELL_FUNCTION float kept_value(activation_t f, cell_options_t options, float kept) {
  return options.flags & OPTION_KEEPS_ARGUMENTS ? gate_value(f, options, kept) : kept;
}

// The gradient of a gate's argument from that of its value, 0 where the argument was cut.
CELL_FUNCTION float gate_gradient(
    activation_t f, cell_options_t options, float kept, float value, float gradient) {
  return CELL_ABS(kept) > options.clip ? 0.0f : activation_gradient(f, kept, value, gradient);
}
