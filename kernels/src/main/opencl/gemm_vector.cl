// C[m,n] = op(A)[m,k] op(B)[k,n], or C += ..., row-major, without local memory and barriers: for CPUs, where a work-item
// is a loop iteration and local memory is ordinary memory. Sums over k run in ascending order in gemm_vector_rows and
// gemm_vector_any, in eight interleaved strands in gemm_vector_dot.

#define ROWS 6         // with 16 columns: 12 of 16 AVX2 registers hold sums
#define WIDTH 16       // columns of one float16
#define STRIPES 8      // stripes of B, each a float16 wide, that share the packed panels of A
#define DEPTH 64       // depth of packed blocks: 10 KiB altogether stay in the first-level cache
#define PANELS 4       // panels of A that share one packed stripe of B

// Up to 16 floats; what lies past them is neither read nor stored.
static float16 load_part(__global const float *p, int count) {
  if (count >= WIDTH) {
    return vload16(0, p);
  }
  float part[WIDTH];
  for (int i = 0; i < WIDTH; i++) {
    part[i] = i < count ? p[i] : 0.0f;
  }
  return vload16(0, part);
}

static void store_part(float16 v, __global float *p, int count) {
  if (count >= WIDTH) {
    vstore16(v, 0, p);
    return;
  }
  float part[WIDTH];
  vstore16(v, 0, part);
  for (int i = 0; i < count; i++) {
    p[i] = part[i];
  }
}

// Panel p holds ROWS rows of op(A): panel[k][i] = op(A)[row p * ROWS + i][k]. Missing rows repeat the last one and are
// never stored. Rows of A as stored are walked as they lie in memory.
static void pack_panels(float *packed, __global const float *a, int rows, int depth, int lda, int transposed) {
  if (transposed) {
    for (int k = 0; k < depth; k++) {
      __global const float *row = a + (long)k * lda;
      float *to = packed + k * ROWS;
      int first = 0;
      for (; first + ROWS <= rows; first += ROWS) {
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          to[first * DEPTH + i] = row[first + i];
        }
      }
      for (int i = 0; first < rows && i < ROWS; i++) {
        to[first * DEPTH + i] = row[min(first + i, rows - 1)];
      }
    }
    return;
  }
  for (int first = 0; first < rows; first += ROWS) {
    for (int i = 0; i < ROWS; i++) {
      __global const float *row = a + (long)min(first + i, rows - 1) * lda;
      for (int k = 0; k < depth; k++) {
        packed[first * DEPTH + k * ROWS + i] = row[k];
      }
    }
  }
}

// C[rows, count] = or += panel . stripe
static void multiply_panel(const float *panel, const float *stripe, int depth, __global float *c, int ldc, int rows,
                           int count, int add) {
  float16 sum[ROWS];
#pragma unroll
  for (int i = 0; i < ROWS; i++) {
    sum[i] = (float16)(0.0f);
  }
  for (int d = 0; d < depth; d++) {
    const float16 vb = vload16(d, stripe);
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      sum[i] = (float16)(panel[d * ROWS + i]) * vb + sum[i];
    }
  }
#pragma unroll
  for (int i = 0; i < ROWS; i++) {
    if (i < rows) {
      __global float *p = c + (long)i * ldc;
      store_part(add ? load_part(p, count) + sum[i] : sum[i], p, count);
    }
  }
}

// B not transposed. An item computes (PANELS * ROWS) x (STRIPES * WIDTH); A and B pass through packed blocks, because
// rows of a matrix whose length is a power of two compete for the same lines of a cache.
__kernel void gemm_vector_rows(__global const float *restrict a, long a_offset, __global const float *restrict b,
                               long b_offset, __global float *restrict c, long c_offset, int m, int n, int k, int lda,
                               int ldb, int ldc, int transposed_a, int accumulate) {
  const long m0 = (long)get_global_id(0) * (PANELS * ROWS);
  const long n0 = (long)get_group_id(1) * (STRIPES * WIDTH);
  if (m0 >= m) {
    return;
  }
  const int rows = (int)min((long)(PANELS * ROWS), m - m0);
  float packed[PANELS * DEPTH * ROWS];
  float stripe[DEPTH * WIDTH];
  for (int k0 = 0; k0 < k; k0 += DEPTH) {
    const int depth = min(DEPTH, k - k0);
    const int add = accumulate || k0 > 0;
    const long at = transposed_a ? (long)k0 * lda + m0 : m0 * lda + k0;
    pack_panels(packed, a + a_offset + at, rows, depth, lda, transposed_a);
    for (long column = n0; column < n0 + STRIPES * WIDTH && column < n; column += WIDTH) {
      const int count = (int)min((long)WIDTH, n - column);
      __global const float *row_b = b + b_offset + (long)k0 * ldb + column;
      for (int d = 0; d < depth; d++) {
        vstore16(load_part(row_b + (long)d * ldb, count), d, stripe);
      }
      __global float *block = c + c_offset + m0 * ldc + column;
      for (int row = 0; row < rows; row += ROWS) {
        multiply_panel(packed + row * DEPTH, stripe, depth, block + (long)row * ldc, ldc, min(ROWS, rows - row), count,
                       add);
      }
    }
  }
}

#define DOT_ROWS 4
#define DOT_COLUMNS 3  // 4 x 3 sums of float8: 12 of 16 AVX2 registers

static float sum_of(float8 v) {
  return ((v.s0 + v.s1) + (v.s2 + v.s3)) + ((v.s4 + v.s5) + (v.s6 + v.s7));
}

// A not transposed, B transposed: rows of both are contiguous along k. An item computes DOT_ROWS x DOT_COLUMNS; missing
// rows repeat the last one and are never stored.
__kernel void gemm_vector_dot(__global const float *restrict a, long a_offset, __global const float *restrict b,
                              long b_offset, __global float *restrict c, long c_offset, int m, int n, int k, int lda,
                              int ldb, int ldc, int accumulate) {
  const long m0 = (long)get_global_id(0) * DOT_ROWS;
  const long n0 = (long)get_group_id(1) * DOT_COLUMNS;
  if (m0 >= m) {
    return;
  }
  __global const float *row_a[DOT_ROWS];
  __global const float *row_b[DOT_COLUMNS];
  float8 sum[DOT_ROWS][DOT_COLUMNS];
#pragma unroll
  for (int i = 0; i < DOT_ROWS; i++) {
    row_a[i] = a + a_offset + min(m0 + i, (long)m - 1) * lda;
#pragma unroll
    for (int j = 0; j < DOT_COLUMNS; j++) {
      row_b[j] = b + b_offset + min(n0 + j, (long)n - 1) * ldb;
      sum[i][j] = (float8)(0.0f);
    }
  }
  const int whole = k / 8 * 8;
  for (int d = 0; d < whole; d += 8) {
    float8 vb[DOT_COLUMNS];
#pragma unroll
    for (int j = 0; j < DOT_COLUMNS; j++) {
      vb[j] = vload8(0, row_b[j] + d);
    }
#pragma unroll
    for (int i = 0; i < DOT_ROWS; i++) {
      const float8 va = vload8(0, row_a[i] + d);
#pragma unroll
      for (int j = 0; j < DOT_COLUMNS; j++) {
        sum[i][j] = va * vb[j] + sum[i][j];
      }
    }
  }
#pragma unroll
  for (int i = 0; i < DOT_ROWS; i++) {
#pragma unroll
    for (int j = 0; j < DOT_COLUMNS; j++) {
      float s = sum_of(sum[i][j]);
      for (int d = whole; d < k; d++) {
        s = row_a[i][d] * row_b[j][d] + s;
      }
      if (m0 + i < m && n0 + j < n) {
        __global float *p = c + c_offset + (m0 + i) * ldc + n0 + j;
        *p = accumulate ? *p + s : s;
      }
    }
  }
}

// Both transposed, which no cell needs often: an item computes one element.
__kernel void gemm_vector_any(__global const float *restrict a, long a_offset, __global const float *restrict b,
                              long b_offset, __global float *restrict c, long c_offset, int m, int n, int k, int lda,
                              int ldb, int ldc, int accumulate) {
  const long row = (long)get_global_id(0);
  const long column = (long)get_group_id(1);
  if (row >= m || column >= n) {
    return;
  }
  float s = 0.0f;
  for (int d = 0; d < k; d++) {
    s = a[a_offset + (long)d * lda + row] * b[b_offset + column * ldb + d] + s;
  }
  __global float *p = c + c_offset + row * ldc + column;
  *p = accumulate ? *p + s : s;
}
