// persistent_pieces.h: what a block of a persistent loop does with the weights of the units that it
// owns: keeps them in shared memory for all steps and multiplies them by rows that all blocks have
// written. Needs persistent_meeting.h. A thread's tile is TILE rows by COLUMNS columns, and it goes
// through the depth of the product four elements at a time.
#define TILE 4
#define FLIGHT 8  // loads of a thread that are under way at the same time

struct alignas(16) four {
  float v[4];
};

// How a block divides its product: `groups` groups of COLUMNS columns by `tiles` tiles of rows make
// the items that threads work on, `parts` threads on the depth of each. Shared memory holds the
// weights [slices][quads][COLUMNS][groups][4], the rows of a chunk [TILE * tiles][stride], partial
// sums [COLUMNS][threads][TILE], then what the cell keeps of rows from `row` on. The stride is an odd
// number of quads, so that neighbouring rows lie in different banks.
struct slab {
  float *weights, *operand, *sums, *kept;
  int depth, quads, stride, groups, tiles, items, parts, unit, row;
};

// `operands` chunks of rows lie one after the other.
PIECE slab make_slab(
    float *shared, const int slices, const int columns, const int groups, const int tiles,
    const int depth, const int operands) {
  slab s;
  s.depth = depth;
  s.quads = (depth + 3) / 4;
  s.stride = 4 * (s.quads | 1);
  s.groups = groups;
  s.tiles = tiles;
  s.items = groups * tiles;
  s.parts = (int)blockDim.x / s.items;
  s.unit = 0;
  s.row = 0;
  s.weights = shared;
  s.operand = s.weights + 4 * slices * s.quads * columns * groups;
  s.sums = s.operand + operands * TILE * tiles * s.stride;
  s.kept = s.sums + TILE * columns * (int)blockDim.x;
  return s;
}

// Where weight k of a column lies.
PIECE float *weight_at(
    const slab &s, const int columns, const int slice, const int k, const int column,
    const int group) {
  const int quad = slice * s.quads + k / 4;
  return s.weights + 4 * ((quad * columns + column) * s.groups + group) + k % 4;
}

PIECE four load_quad(const float *row, const int k, const int depth, const bool aligned) {
  if (aligned) {
    return *(const four *)(row + 4 * k);
  }
  four v;
  for (int i = 0; i < 4; i++) {
    v.v[i] = 4 * k + i < depth ? row[4 * k + i] : 0.0f;
  }
  return v;
}

// Copies rows first ... of a matrix [rows, depth] that other blocks have written; zeros beyond it.
PIECE void load_operand(
    const slab &s, const float *matrix, const long long row_step, const int first,
    const int rows) {
  const bool aligned =
      s.depth % 4 == 0 && row_step % 4 == 0 && (unsigned long long)matrix % 16 == 0;
  const int across = s.quads < (int)blockDim.x ? s.quads : (int)blockDim.x;
  const int down = (int)blockDim.x / across;
  const int lane = (int)threadIdx.x / across;
  const int count = lane < down ? TILE * s.tiles : 0;
  for (int r = lane; r < count; r += FLIGHT * down) {
    for (int k = (int)threadIdx.x % across; k < s.quads; k += across) {
      four v[FLIGHT];
#pragma unroll
      for (int f = 0; f < FLIGHT; f++) {
        const int n = first + r + f * down;
        v[f] = four{{0.0f, 0.0f, 0.0f, 0.0f}};
        if (r + f * down < count && n < rows) {
          v[f] = load_quad(matrix + n * row_step, k, s.depth, aligned);
        }
      }
#pragma unroll
      for (int f = 0; f < FLIGHT; f++) {
        if (r + f * down < count) {
          *(four *)(s.operand + (r + f * down) * s.stride + 4 * k) = v[f];
        }
      }
    }
  }
}

template <int COLUMNS>
PIECE void clear(four (&sum)[COLUMNS]) {
#pragma unroll
  for (int c = 0; c < COLUMNS; c++) {
    sum[c] = four{{0.0f, 0.0f, 0.0f, 0.0f}};
  }
}

// Adds a slice of the product to the sums of this thread's item: rows tile, tile + tiles, ... of the
// chunk. Threads that share an item take every parts-th quad.
template <int COLUMNS>
PIECE void accumulate(const slab &s, const int slice, four (&sum)[COLUMNS]) {
  const int item = (int)threadIdx.x % s.items;
  const int part = (int)threadIdx.x / s.items;
  const float *x = s.operand + item / s.groups * s.stride;
  const float *w =
      s.weights + 4 * (slice * s.quads * COLUMNS * s.groups + item % s.groups);
  for (int k = part; k < s.quads && part < s.parts; k += s.parts) {
    four column[COLUMNS];
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
      column[c] = *(const four *)(w + 4 * (k * COLUMNS + c) * s.groups);
    }
#pragma unroll
    for (int r = 0; r < TILE; r++) {
      const four row = *(const four *)(x + r * s.tiles * s.stride + 4 * k);
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          sum[c].v[r] += row.v[i] * column[c].v[i];
        }
      }
    }
  }
}

template <int COLUMNS>
PIECE void store_sums(const slab &s, const four (&sum)[COLUMNS]) {
#pragma unroll
  for (int c = 0; c < COLUMNS; c++) {
    *(four *)(s.sums + TILE * (c * (int)blockDim.x + (int)threadIdx.x)) = sum[c];
  }
}

// The whole sum of one column and row of an item.
PIECE float total(const slab &s, const int column, const int item, const int r) {
  float sum = 0.0f;
  for (int part = 0; part < s.parts; part++) {
    sum += s.sums[TILE * (column * (int)blockDim.x + part * s.items + item) + r];
  }
  return sum;
}
