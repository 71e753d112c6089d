// cell_options.h: options of the cells' equations, by value. Without a bound `clip` and `cell_clip` are
// infinite, so that nothing is cut. OPTION_ constants as in org.recurrentops.gpu.OptionFlags.
#define OPTION_PEEPHOLES 1
#define OPTION_COUPLED 2
// gates hold the arguments of the activations, not their values: backward has to know what was cut
#define OPTION_KEEPS_ARGUMENTS 4

// NaN passes.
CELL_FUNCTION float clipped(float a, float bound) {
  return a > bound ? bound : a < -bound ? -bound : a;
}

// The gradient of an argument from that of its clipped value: selected, so that 0 times infinity is 0.
CELL_FUNCTION float clip_gradient(float a, float bound, float gradient) {
  return CELL_ABS(a) > bound ? 0.0f : gradient;
}

// A saved gate as an activation.
CELL_FUNCTION float saved_sigmoid(float saved, int options, float clip) {
  return options & OPTION_KEEPS_ARGUMENTS ? sigmoid(clipped(saved, clip)) : saved;
}

CELL_FUNCTION float saved_tanh(float saved, int options, float clip) {
  return options & OPTION_KEEPS_ARGUMENTS ? CELL_TANH(clipped(saved, clip)) : saved;
}
