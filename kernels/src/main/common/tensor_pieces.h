// tensor_pieces.h: what a block of a persistent loop does with the recurrent weights of its units on
// tensor cores: keeps them as fragments, in registers as far as there are, else in shared memory or, see
// stream_pieces.h, in memory, and multiplies them by rows that all blocks have written into a mailbox.
// Needs mma_pieces.h, rounding.h, stream_pieces.h and persistent_meeting.h.
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
#define RING 2     // units of the stream that are on their way into shared memory, where any are

// `groups` warps split the columns of the block, `tiles` tiles to each, and `parts` such groups the
// chunks of the depth, `mine` neighbours to each. Shared memory holds two buffers of partial sums
// [parts][ROW_TILE][width], what is kept [N, share, 2], a ring for weights from memory if any come that
// way, then the fragments that neither registers nor memory have [lists][warps][lane].
struct panel {
  stream rest;
  quad *fragments;
  float *part, *kept;
  unsigned *scratch, *mail;
  int format, pack, padded, chunks, mine, groups, parts, tiles, width, share, unit, rows, slots,
      row_words;
  int held;  // chunks that have registers
};

// How the host divides: `share` units to a block, fragments of `held` chunks, a multiple of AT_ONCE, as
// far as there are so many, and the first tiles in registers, and what `plan` says in memory.
struct panel_form {
  int share, format, held;
  long long plan;  // of stream_pieces.h
  float *memory;
};

// Chunks of a unit of the stream, with TILES tiles: about four fragments.
template <int TILES>
constexpr int AHEAD = TILES > 2 ? 1 : 4 / TILES;

// Whether a thread has registers for the unit after the one that it multiplies. Without, units come by
// way of the ring.
template <int TILES>
constexpr bool ASKS_AHEAD = TILES < 4;

PIECE int rows_at_once(const panel &) { return ROW_TILE; }

// columns: of the block; gates: of a row of the mailbox, which has `slots` planes of `rows` rows
template <int TILES>
PIECE panel make_panel(
    float *shared, unsigned *scratch, float *mail, const int columns, const int gates,
    const panel_form &f, const int rows, const int hidden, const int slots,
    const int groups = 1) {
  panel p;
  p.format = f.format;
  p.pack = p.format == OPERAND_TF32 ? 1 : 2;
  p.padded = up_to(hidden, CHUNK_WORDS * p.pack);
  p.row_words = gates * p.padded / p.pack;
  p.chunks = p.row_words / CHUNK_WORDS;
  p.groups = groups;
  p.parts = (int)blockDim.x / LANES / groups;
  p.mine = (p.chunks + p.parts - 1) / p.parts;
  p.tiles = up_to(columns, COLUMN_TILE * groups) / (COLUMN_TILE * groups);
  p.width = COLUMN_TILE * groups * p.tiles;
  p.share = f.share;
  p.unit = (int)blockIdx.x * p.share;
  p.rows = rows;
  p.slots = slots;
  p.held = min(f.held, up_to(p.mine, AT_ONCE));
  p.rest = make_stream(f.memory, f.plan, AHEAD<TILES> * TILES * (int)blockDim.x);
  p.part = shared;
  p.kept = p.part + 2 * p.parts * ROW_TILE * p.width;
  p.fragments = (quad *)(p.kept + 2 * p.rows * p.share);
  if (!ASKS_AHEAD<TILES> && f.plan != 0) {
    p.fragments += RING * p.rest.reach;
  }
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

// Where a unit's fragment of chunk k and a tile lies, from its group's first one on, of this thread.
template <int TILES>
PIECE int place_of(const int k, const int tile) {
  return (k % AHEAD<TILES> * TILES + tile) * (int)blockDim.x + (int)threadIdx.x;
}

// All fragments of the block, TILES tiles at a time; uses the place of the partial sums. The loop makes
// one at a time and moves it to where it belongs, because the code to make one is long.
template <int CHUNKS, int TILES, class Source>
PIECE void load_fragments(const panel &p, const Source &source, quad (&own)[CHUNKS][TILES]) {
  quad *staging = (quad *)p.part + threadIdx.x;
  int base = 0, k = 0, tile = 0, unit = -1, list = 0;
#pragma unroll 1
  while (base < p.tiles) {
    const bool held = base == 0 && k < p.held;
    unit += !held && tile == 0 && k % AHEAD<TILES> == 0;
    quad *to = staging;
    if (!held && is_streamed(p.rest, unit)) {
      to = unit_at(p.rest, streamed_before(p.rest, unit)) + place_of<TILES>(k, tile);
    } else if (!held) {
      to = p.fragments + list++ * (int)blockDim.x + (int)threadIdx.x;
    }
    make_fragment(p, source, k, base + tile, to);
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
      for (int n = 0; n < TILES; n++) {
        if (held && c == k && n == tile) {
          own[c][n] = *staging;
        }
      }
    }
    if (++tile == min(TILES, p.tiles - base)) {
      tile = 0;
      k = k + 1 < p.mine ? k + 1 : 0;
      base += k == 0 ? TILES : 0;
    }
  }
  __syncthreads();  // nobody writes sums where somebody still stages
}

// Asks for the thread's fragments of a chunk of the unit in memory that `before` others are before.
template <int TILES>
PIECE void ask_for(const panel &p, const int before, const int k, quad (&ahead)[TILES]) {
  if (before < streamed_units(p.rest)) {
    const quad *from = unit_at(p.rest, before);
#pragma unroll
    for (int n = 0; n < TILES; n++) {
      ahead[n] = load_relaxed4(from + place_of<TILES>(k, n));
    }
  }
}

// This lane's words of AT_ONCE chunks of its warp from k on, rows `row` + lane / 4 and 8 beyond it:
// all asked for at once, again until every one is there. False if that was given up.
template <class Panel>
PIECE bool poll_chunks(
    const Panel &p, const int step, const int row, const int k, quad (&low)[AT_ONCE],
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

PIECE bool load_chunks(
    const panel &p, const int step, const int row, const int k, quad (&low)[AT_ONCE],
    quad (&high)[AT_ONCE], const meeting &m, const bool waits) {
  return poll_chunks(p, step, row, k, low, high, m, waits);
}
