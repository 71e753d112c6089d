// C[m,n] = op(A)[m,k] op(B)[k,n], or C += ..., row-major, for devices with local memory of their own.
// A work-group of 256 computes a tile of 64 x 64; each item keeps 4 x 4 results in registers, rows ty + 16 i and
// columns tx + 16 j, so that reads of local memory are broadcasts or consecutive. Twin: cuda/gemm.cu.

#define TILE 64
#define DEPTH 16
#define SIDE 16
#define PER_ITEM 4
// One column of padding: a transposing store into local memory would hit one bank otherwise.
#define STRIDE (TILE + 1)

__kernel void gemm_tiled(__global const float *restrict a, long a_offset, __global const float *restrict b,
                         long b_offset, __global float *restrict c, long c_offset, int m, int n, int k, int lda,
                         int ldb, int ldc, int transposed_a, int transposed_b, int accumulate) {
  __local float tile_a[DEPTH * STRIDE];
  __local float tile_b[DEPTH * STRIDE];
  const uint item = (uint)get_local_id(0);
  const int tx = (int)(item % SIDE);
  const int ty = (int)(item / SIDE);
  const int row0 = (int)get_group_id(0) * TILE;
  const int column0 = (int)get_group_id(1) * TILE;
  float sum[PER_ITEM][PER_ITEM];
  for (int i = 0; i < PER_ITEM; i++) {
    for (int j = 0; j < PER_ITEM; j++) {
      sum[i][j] = 0.0f;
    }
  }
  for (int k0 = 0; k0 < k; k0 += DEPTH) {
    // Consecutive items read along whichever axis is contiguous in memory.
    for (int r = 0; r < PER_ITEM; r++) {
      const uint e = item + (uint)(SIDE * SIDE * r);
      const int ka = (int)(transposed_a ? e / TILE : e % DEPTH);
      const int ia = (int)(transposed_a ? e % TILE : e / DEPTH);
      const int kb = (int)(transposed_b ? e % DEPTH : e / TILE);
      const int jb = (int)(transposed_b ? e / DEPTH : e % TILE);
      const long row = row0 + ia;
      const long column = column0 + jb;
      const long at_a = transposed_a ? (k0 + ka) * (long)lda + row : row * lda + k0 + ka;
      const long at_b = transposed_b ? column * ldb + k0 + kb : (k0 + kb) * (long)ldb + column;
      tile_a[ka * STRIDE + ia] = (row < m && k0 + ka < k) ? a[a_offset + at_a] : 0.0f;
      tile_b[kb * STRIDE + jb] = (column < n && k0 + kb < k) ? b[b_offset + at_b] : 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = 0; d < DEPTH; d++) {
      float va[PER_ITEM];
      float vb[PER_ITEM];
      for (int i = 0; i < PER_ITEM; i++) {
        va[i] = tile_a[d * STRIDE + ty + SIDE * i];
        vb[i] = tile_b[d * STRIDE + tx + SIDE * i];
      }
      for (int i = 0; i < PER_ITEM; i++) {
        for (int j = 0; j < PER_ITEM; j++) {
          sum[i][j] = va[i] * vb[j] + sum[i][j];
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);  // nobody overwrites a tile that somebody still reads
  }
  for (int i = 0; i < PER_ITEM; i++) {
    for (int j = 0; j < PER_ITEM; j++) {
      const long row = row0 + ty + SIDE * i;
      const long column = column0 + tx + SIDE * j;
      if (row < m && column < n) {
        const long at = c_offset + row * ldc + column;
        c[at] = accumulate ? c[at] + sum[i][j] : sum[i][j];
      }
    }
  }
}
