// activation.h: activations with their coefficients, by value. Order of FUNCTION_ constants as in
// org.recurrentops.Activation.Function.
#define FUNCTION_SIGMOID 0
#define FUNCTION_TANH 1
#define FUNCTION_RELU 2
#define FUNCTION_AFFINE 3
#define FUNCTION_LEAKY_RELU 4
#define FUNCTION_THRESHOLDED_RELU 5
#define FUNCTION_SCALED_TANH 6
#define FUNCTION_HARD_SIGMOID 7
#define FUNCTION_ELU 8
#define FUNCTION_SOFTSIGN 9
#define FUNCTION_SOFTPLUS 10

typedef struct {
  int function;
  float alpha;
  float beta;
} activation_t;

CELL_FUNCTION activation_t activation(int function, float alpha, float beta) {
  activation_t f;
  f.function = function;
  f.alpha = alpha;
  f.beta = beta;
  return f;
}

// NaN passes.
CELL_FUNCTION float activate(activation_t f, float x) {
  float t;
  switch (f.function) {
    case FUNCTION_SIGMOID:
      return sigmoid(x);
    case FUNCTION_TANH:
      return CELL_TANH(x);
    case FUNCTION_RELU:
      return relu(x);
    case FUNCTION_AFFINE:
      return f.alpha * x + f.beta;
    case FUNCTION_LEAKY_RELU:
      return x < 0.0f ? f.alpha * x : x;
    case FUNCTION_THRESHOLDED_RELU:
      return x < f.alpha ? 0.0f : x;
    case FUNCTION_SCALED_TANH:
      return f.alpha * CELL_TANH(f.beta * x);
    case FUNCTION_HARD_SIGMOID:
      t = f.alpha * x + f.beta;
      return t < 0.0f ? 0.0f : t > 1.0f ? 1.0f : t;
    case FUNCTION_ELU:
      return x < 0.0f ? f.alpha * CELL_EXPM1(x) : x;
    case FUNCTION_SOFTSIGN:
      return x / (1.0f + CELL_ABS(x));
    default:  // softplus
      return relu(x) + CELL_LOG1P(CELL_EXP(-CELL_ABS(x)));
  }
}

// Gradient of x from dy, that of y = activate(f, x); sigmoid and tanh do not read x. Where the
// derivative is 0 on one side of a kink it is selected, so that an infinite dy gives 0.
CELL_FUNCTION float activation_gradient(activation_t f, float x, float y, float dy) {
  float t;
  switch (f.function) {
    case FUNCTION_SIGMOID:
      return dy * sigmoid_derivative(y);
    case FUNCTION_TANH:
      return dy * tanh_derivative(y);
    case FUNCTION_RELU:
      return x > 0.0f ? dy : x != x ? x : 0.0f;
    case FUNCTION_AFFINE:
      return dy * f.alpha;
    case FUNCTION_LEAKY_RELU:
      return x < 0.0f ? dy * f.alpha : dy;
    case FUNCTION_THRESHOLDED_RELU:
      return x < f.alpha ? 0.0f : dy;
    case FUNCTION_SCALED_TANH:
      t = CELL_TANH(f.beta * x);
      return dy * f.alpha * f.beta * tanh_derivative(t);
    case FUNCTION_HARD_SIGMOID:
      t = f.alpha * x + f.beta;
      return t > 0.0f && t < 1.0f ? dy * f.alpha : t != t ? t : 0.0f;
    case FUNCTION_ELU:
      return x < 0.0f ? dy * f.alpha * CELL_EXP(x) : dy;
    case FUNCTION_SOFTSIGN:
      t = 1.0f + CELL_ABS(x);
      return dy / (t * t);
    default:  // softplus
      return dy * sigmoid(x);
  }
}
