// tensor_pieces.h: what a block of a persistent loop does with the recurrent weights of its units on
// tensor cores: keeps them as fragments, in registers as far as there are, else in shared memory, and
// multiplies them by rows that all blocks have written into a mailbox. Needs mma_pieces.h,
// rounding.h and persistent_meeting.h.
//
// A row of the mailbox holds the numbers of the products' format, one or two to a word, gates apart,
// each padded by zeros to whole chunks of 64 bytes. A word is written once and never NOT_YET, so
// whoever finds other bits in it has the number. A lane takes 16 bytes of each chunk; k is permuted
// alike in rows and weights, so that they feed two products of mma_pieces.h.
#define ROW_TILE 16
#define COLUMN_TILE 8
#define LANES 32
#define CHUNK_WORDS 16
#define AT_ONCE 4  // chunks whose words a lane asks for at the same time

// `groups` warps split the columns of the block, `tiles` tiles to each, and `parts` such groups the
// chunks of the depth, `mine` neighbours to each. Shared memory holds the fragments that have no
// register [lists][warps][lane], two buffers of partial sums [parts][ROW_TILE][width], then what is
// kept [N, share, 2].
struct panel {
  quad *fragments;
  float *part, *kept;
  unsigned *scratch, *mail;
  int format, pack, padded, chunks, mine, groups, parts, tiles, width, share, unit, rows, slots,
      row_words;
};

PIECE int rows_at_once(const panel &) { return ROW_TILE; }

// columns: of the block; gates: of a row of the mailbox, which has `slots` planes of `rows` rows
template <int CHUNKS, int TILES>
PIECE panel make_panel(
    float *shared, unsigned *scratch, float *mail, const int format, const int columns,
    const int gates, const int share, const int rows, const int hidden, const int slots,
    const int groups = 1) {
  panel p;
  p.format = format;
  p.pack = format == OPERAND_TF32 ? 1 : 2;
  p.padded = up_to(hidden, CHUNK_WORDS * p.pack);
  p.row_words = gates * p.padded / p.pack;
  p.chunks = p.row_words / CHUNK_WORDS;
  p.groups = groups;
  p.parts = (int)blockDim.x / LANES / groups;
  p.mine = (p.chunks + p.parts - 1) / p.parts;
  p.tiles = up_to(columns, COLUMN_TILE * groups) / (COLUMN_TILE * groups);
  p.width = COLUMN_TILE * groups * p.tiles;
  p.share = share;
  p.unit = (int)blockIdx.x * share;
  p.rows = rows;
  p.slots = slots;
  const int in_registers = min(CHUNKS, p.mine) * min(TILES, p.tiles);
  p.fragments = (quad *)shared;
  p.part = shared + 4 * (p.mine * p.tiles - in_registers) * (int)blockDim.x;
  p.kept = p.part + 2 * p.parts * ROW_TILE * p.width;
  p.scratch = scratch;
  p.mail = (unsigned *)(((unsigned long long)mail + 15) / 16 * 16);
  return p;
}

// Where the chunks and the tiles of columns of this warp begin.
PIECE int first_chunk(const panel &p) { return (int)threadIdx.x / LANES / p.groups * p.mine; }
PIECE int first_tile(const panel &p) { return (int)threadIdx.x / LANES % p.groups * p.tiles; }

// The row of a step's plane, which is that of the step `slots` later, too.
PIECE unsigned *mail_row(const panel &p, const int step, const int n) {
  return p.mail + ((long long)(step % p.slots) * p.rows + n) * p.row_words;
}

// The bits of the nearest number of a format.
PIECE unsigned operand_bits(const float x, const int format) {
  const unsigned bits = __float_as_uint(x);
  if (format == OPERAND_FP16) {
    return half_of(nearest_half(bits));
  }
  return format == OPERAND_TF32 ? nearest_bits(bits, 13u) : nearest_bits(bits, 16u) >> 16;
}

// The word that a number begins. All lanes of a warp, neighbours with neighbouring numbers from an
// even one on.
PIECE unsigned mail_word(const panel &p, const float x) {
  const unsigned word = operand_bits(x, p.format);
  return p.pack == 2 ? word | __shfl_down_sync(0xFFFFFFFFu, word, 1) << 16 : word;
}

// Writes a number into a row of the mailbox. All lanes of a warp, as for mail_word; those without a
// number have row = null.
PIECE void publish(const panel &p, unsigned *row, const int at, const float x) {
  const unsigned word = mail_word(p, x);
  if (row != nullptr && at % p.pack == 0) {
    store_relaxed(row + at / p.pack, published(__uint_as_float(word)));
  }
}

// Where a fragment lies that has no register: those of the chunks from CHUNKS on, then those of the
// first chunks and the tiles from TILES on.
template <int CHUNKS, int TILES>
PIECE quad *fragment_at(const panel &p, const int k, const int tile) {
  const int beyond = (p.mine > CHUNKS ? p.mine - CHUNKS : 0) * p.tiles;
  const int list = k >= CHUNKS ? (k - CHUNKS) * p.tiles + tile
                               : beyond + k * (p.tiles - TILES) + tile - TILES;
  return p.fragments + list * (int)blockDim.x + (int)threadIdx.x;
}

// A lane's fragment of chunk k of its warp and a tile, by way of `to`. A source has at(column, k),
// the weight of a column of the block, 0 beyond the depth.
template <class Source>
PIECE void make_fragment(
    const panel &p, const Source &source, const int k, const int tile, quad *to) {
  const int lane = (int)threadIdx.x % LANES;
  const int chunk = first_chunk(p) + k;
  const int column = COLUMN_TILE * (first_tile(p) + tile) + lane / 4;
  const int first = (CHUNK_WORDS * chunk + 4 * (lane % 4)) * p.pack;
  unsigned *words = (unsigned *)to;
#pragma unroll 1
  for (int i = 0; i < 4; i++) {
    unsigned word = 0;
#pragma unroll 1
    for (int e = 0; e < p.pack && chunk < p.chunks; e++) {
      word |= operand_bits(source.at(column, first + i * p.pack + e), p.format) << (16 * e);
    }
    words[i] = word;
  }
}

// All fragments of the block; uses the place of the partial sums. The loop makes one at a time and
// moves it to where it belongs, because the code to make one is long.
template <int CHUNKS, int TILES, class Source>
PIECE void load_fragments(const panel &p, const Source &source, quad (&own)[CHUNKS][TILES]) {
  quad *staging = (quad *)p.part + threadIdx.x;
#pragma unroll 1
  for (int i = 0; i < p.mine * p.tiles; i++) {
    const int k = i / p.tiles, tile = i % p.tiles;
    const bool held = k < CHUNKS && tile < TILES;
    make_fragment(p, source, k, tile, held ? staging : fragment_at<CHUNKS, TILES>(p, k, tile));
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
      for (int n = 0; n < TILES; n++) {
        if (c == k && n == tile) {
          own[c][n] = *staging;
        }
      }
    }
  }
  __syncthreads();  // nobody writes sums where somebody still stages
}

// This lane's words of AT_ONCE chunks of its warp from k on, rows `row` + lane / 4 and 8 beyond it:
// all asked for at once, again until every one is there. False if that was given up.
PIECE bool load_chunks(
    const panel &p, const int step, const int row, const int k, quad (&low)[AT_ONCE],
    quad (&high)[AT_ONCE], const meeting &m, const bool waits) {
  const int lane = (int)threadIdx.x % LANES;
  const int n = row + lane / 4;
  const int chunk = first_chunk(p) + k;
  const quad *from = (const quad *)mail_row(p, step, n) + 4 * chunk + lane % 4;
  const int beyond = 2 * p.row_words;  // quads of 8 rows
  patience patient = {0u, 0u};
  bool arrived;
  do {
    arrived = true;
#pragma unroll
    for (int i = 0; i < AT_ONCE; i++) {
      const bool exists = k + i < p.mine && chunk + i < p.chunks;
      low[i] = high[i] = quad{0u, 0u, 0u, 0u};
      if (exists && n < p.rows) {
        low[i] = load_relaxed4(from + 4 * i);
      }
      if (exists && n + 8 < p.rows) {
        high[i] = load_relaxed4(from + 4 * i + beyond);
      }
    }
#pragma unroll
    for (int i = 0; i < AT_ONCE; i++) {
      arrived = arrived && has_arrived(low[i]) && has_arrived(high[i]);
    }
  } while (!arrived && waits && may_wait(&patient, m.abort, m.limit));
  __syncwarp();  // lanes may have left the loop one by one; products take all of them
  return arrived;
}
