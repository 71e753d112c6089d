// strip_pieces.h: what a thread of a persistent loop does with the recurrent weights of its block's units
// in FP32: it keeps a strip of them, in registers as far as there are, else in shared memory or, see
// stream_pieces.h, in memory. The rows that they are multiplied by come out of a mailbox, see
// mail_forward.h. Needs persistent_pieces.h, of which it takes `four` and the sizes, stream_pieces.h and
// persistent_sequence.h.
//
// A row of the mailbox holds H floats per gate, padded by zeros to whole quads. A word is written once
// and never NOT_YET, so whoever finds other bits in it has the number. The warps split the quads of the
// row, `mine` neighbours to each. In a warp, `lanes` lanes have four columns of the block each, and
// `parts` such groups of lanes take turns with the warp's quads; columns beyond 4 * lanes are left to
// further passes. So a sum is over a lane's quads, then parts, then warps, each in ascending order.
#define LANES 32

// Shared memory holds the weights that neither registers nor memory have [lists][STRIP][warps][used], per
// warp the rows at once [chunk][reach] in quads and room for one tile of sums, two buffers of partial
// sums [warps][chunk][width], then what is kept [N, share, 2]. A turn of a pass is a unit of the stream.
struct strip {
  stream rest;
  four *weights, *staged;
  float *sums, *part, *kept;
  unsigned *mail;
  int padded, quads, row_words, slots;       // of the mailbox
  int mine, lanes, parts, used, passes, turns, reach;  // of a warp; used = lanes * parts
  int held;                                            // turns that have registers
  int warps, chunk, width, share, unit, rows;
};

// How the host divides: `share` units to a block, `tiles` tiles of TILE rows at once, lanes as above,
// `held` turns of the first pass, at most HELD, in registers as far as there are so many, and what `plan`
// says in memory: if that is any, the registers of turn HELD - 1 are for what is asked for ahead.
struct strip_form {
  int share, tiles, lanes, held;
  long long plan;  // of stream_pieces.h
  float *memory;
};

PIECE int rows_at_once(const strip &p) { return p.chunk; }

// The lane whose work this one does: its own, or that of the last one, once more.
PIECE int lane_of(const strip &p) { return min((int)threadIdx.x % LANES, p.used - 1); }

// columns: of the block; gates: of a row of the mailbox, which has `slots` planes of `rows` rows
PIECE strip make_strip(
    float *shared, float *mail, const int columns, const int gates, const strip_form &f,
    const int rows, const int hidden, const int slots) {
  strip p;
  p.padded = up_to(hidden, 4);
  p.row_words = gates * p.padded;
  p.quads = p.row_words / 4;
  p.slots = slots;
  p.warps = (int)blockDim.x / LANES;
  p.mine = up_to(p.quads, p.warps) / p.warps;
  p.lanes = f.lanes;
  p.parts = min(LANES / p.lanes, p.mine);
  p.used = p.lanes * p.parts;
  p.width = up_to(columns, STRIP);
  p.passes = up_to(p.width, STRIP * p.lanes) / (STRIP * p.lanes);
  p.turns = up_to(p.mine, p.parts) / p.parts;
  p.reach = p.turns * p.parts;
  p.held = min(f.held, p.turns);
  p.chunk = TILE * f.tiles;
  p.share = f.share;
  p.unit = (int)blockIdx.x * p.share;
  p.rows = rows;
  const int warp = (int)threadIdx.x / LANES;
  p.rest = make_stream(f.memory, f.plan, STRIP * p.warps * p.used);
  const int lists = p.passes * p.turns - p.held - streamed_units(p.rest);
  const int tile = STRIP * LANES * TILE;
  p.weights = (four *)shared;
  p.staged = (four *)shared + lists * STRIP * p.warps * p.used + warp * p.chunk * p.reach;
  float *sums = shared + 4 * (lists * STRIP * p.used + p.chunk * p.reach) * p.warps;
  p.sums = sums + warp * tile;
  p.part = sums + p.warps * tile;
  p.kept = p.part + 2 * p.warps * p.chunk * p.width;
  p.mail = (unsigned *)(((unsigned long long)mail + 15) / 16 * 16);
  return p;
}

// The row of a step's plane, which is that of the step `slots` later, too.
PIECE unsigned *mail_row(const strip &p, const int step, const int n) {
  return p.mail + ((long long)(step % p.slots) * p.rows + n) * p.row_words;
}

// Writes a number into a row of the mailbox; those without a number have row = null.
PIECE void publish(const strip &, unsigned *row, const int at, const float x) {
  if (row != nullptr) {
    store_relaxed(row + at, published(x));
  }
}

// The first of a thread's STRIP quads of a unit, and the distance of the others.
PIECE int place_of(const strip &p) { return (int)threadIdx.x / LANES * p.used + lane_of(p); }
PIECE int apart(const strip &p) { return p.warps * p.used; }

// Those of unit i that shared memory holds.
PIECE four *strip_at(const strip &p, const int i) {
  const int list = i - streamed_before(p.rest, i);
  return p.weights + list * STRIP * apart(p) + place_of(p);
}

// Asks for the thread's weights of unit i of those in memory.
PIECE void ask_for(const strip &p, const int i, four (&ahead)[STRIP]) {
  const quad *from = unit_at(p.rest, i) + place_of(p);
#pragma unroll
  for (int c = 0; c < STRIP; c++) {
    const quad v = load_relaxed4(from + c * apart(p));
    ahead[c] = four{
        {__uint_as_float(v.x), __uint_as_float(v.y), __uint_as_float(v.z), __uint_as_float(v.w)}};
  }
}

// Those of unit i, wherever it is.
PIECE four *strip_to(const strip &p, const int i) {
  return is_streamed(p.rest, i)
             ? (four *)unit_at(p.rest, streamed_before(p.rest, i)) + place_of(p)
             : strip_at(p, i);
}

// All weights of the thread. A source has at(column, k), the weight of a column of the block, 0 beyond
// both. The loop makes sixteen at a time and moves them to where they belong, because the code to make
// them is long; the place of sums serves in between.
template <int HELD, class Source>
PIECE void load_strip(const strip &p, const Source &source, four (&own)[HELD][STRIP]) {
  four *fresh = (four *)p.sums + STRIP * ((int)threadIdx.x % LANES);
  const int lane = lane_of(p);
  const bool doubles = lane != (int)threadIdx.x % LANES;
  const int warp = (int)threadIdx.x / LANES;
#pragma unroll 1
  for (int i = 0; i < p.passes * p.turns; i++) {
    const int pass = i / p.turns, turn = i % p.turns;
    const int k = turn * p.parts + lane / p.lanes;
    const int quad = warp * p.mine + k;
    const bool exists = k < p.mine && quad < p.quads;
    const bool held = pass == 0 && turn < p.held;
    four *to = held ? fresh : strip_to(p, i - p.held);
    const int stride = held ? 1 : apart(p);
    const int column = STRIP * (pass * p.lanes + lane % p.lanes);
#pragma unroll 1
    for (int e = 0; e < 4 * STRIP && (held || !doubles); e++) {
      to[e / 4 * stride].v[e % 4] = exists ? source.at(column + e / 4, 4 * quad + e % 4) : 0.0f;
    }
#pragma unroll
    for (int t = 0; t < HELD; t++) {
      if (held && t == turn) {
#pragma unroll
        for (int c = 0; c < STRIP; c++) {
          own[t][c] = fresh[c];
        }
      }
    }
  }
  // quads of the warp's rows that nobody will write
  for (int i = (int)threadIdx.x % LANES; i < p.chunk * p.reach; i += LANES) {
    p.staged[i] = four{{0.0f, 0.0f, 0.0f, 0.0f}};
  }
  __syncthreads();  // nobody writes sums where somebody still makes weights
}

// The warp's quads of the rows at once from `row` on of a step's plane, staged. False if that was given
// up.
PIECE bool stage_rows(const strip &p, const int step, const int row, const meeting &m) {
  const int first = (int)threadIdx.x / LANES * p.mine;
  return stage_words(
      (quad *)p.staged, p.reach, (const quad *)mail_row(p, step, row) + first, p.row_words / 4,
      min(p.mine, p.quads - first), min(p.chunk, p.rows - row), LANES, m);
}
