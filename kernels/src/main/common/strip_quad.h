// strip_quad.h: the innermost product of the persistent loops in FP32. Needs persistent_pieces.h, of which
// it takes `four`.
#define STRIP 4  // columns of a lane

// sum += ROWS rows of one quad, `reach` quads apart, times the lane's weights of it.
template <int ROWS>
PIECE void multiply_quad(
    const four *x, const int reach, const four (&w)[STRIP], float (&sum)[STRIP][ROWS]) {
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    const four row = x[r * reach];
#pragma unroll
    for (int c = 0; c < STRIP; c++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        sum[c][r] += row.v[i] * w[c].v[i];
      }
    }
  }
}
