// tensor_product.h: rows of a mailbox times the weights of a block, see tensor_pieces.h. Needs tensor_ring.h.

// d[n] += a chunk of rows times its fragments of TILES tiles.
template <int TILES>
PIECE void multiply_chunk(
    const panel &p, const quad &low, const quad &high, const quad (&w)[TILES],
    float (&d)[TILES][4]) {
  const unsigned a0[4] = {low.x, high.x, low.y, high.y};
  const unsigned a1[4] = {low.z, high.z, low.w, high.w};
  if (p.format == OPERAND_TF32) {
#pragma unroll
    for (int n = 0; n < TILES; n++) {
      const unsigned b0[2] = {w[n].x, w[n].y}, b1[2] = {w[n].z, w[n].w};
      mma_tf32(d[n], a0, b0, p.scratch);
      mma_tf32(d[n], a1, b1, p.scratch);
    }
  } else if (p.format == OPERAND_BF16) {
#pragma unroll
    for (int n = 0; n < TILES; n++) {
      const unsigned b0[2] = {w[n].x, w[n].y}, b1[2] = {w[n].z, w[n].w};
      mma_bf16(d[n], a0, b0, p.scratch);
      mma_bf16(d[n], a1, b1, p.scratch);
    }
  } else {
#pragma unroll
    for (int n = 0; n < TILES; n++) {
      const unsigned b0[2] = {w[n].x, w[n].y}, b1[2] = {w[n].z, w[n].w};
      mma_fp16(d[n], a0, b0, p.scratch);
      mma_fp16(d[n], a1, b1, p.scratch);
    }
  }
}

template <int TILES>
PIECE void store_sums(
    const panel &p, float *part, const int base, const float (&d)[TILES][4]) {
  const int own = (int)threadIdx.x / LANES / p.groups, lane = (int)threadIdx.x % LANES;
  float *row = part + (own * ROW_TILE + lane / 4) * p.width + COLUMN_TILE * first_tile(p);
#pragma unroll
  for (int n = 0; n < TILES; n++) {
    if (base + n < p.tiles) {
      float *to = row + COLUMN_TILE * (base + n) + 2 * (lane % 4);
      to[0] = d[n][0];
      to[1] = d[n][1];
      to[8 * p.width] = d[n][2];
      to[8 * p.width + 1] = d[n][3];
    }
  }
}

// Which fragments come next of those without a register.
struct fragment_walk {
  int unit, list;
};

// The thread's fragments of chunk k and `width` tiles. The first chunk of a unit finds it. Where registers
// are not asked for ahead, one and the same read takes them from the ring or from the others in shared
// memory.
template <int TILES>
PIECE void take_chunk(
    const panel &p, fragment_walk *walk, const float *part, const int k, const int width,
    const quad (&ahead)[TILES], quad (&w)[TILES]) {
  const bool exists = k < p.mine;
  walk->unit += exists && k % AHEAD<TILES> == 0;
  const bool streamed = is_streamed(p.rest, walk->unit);
  const quad *from = p.fragments + walk->list * (int)blockDim.x + (int)threadIdx.x;
  if (streamed && exists && !ASKS_AHEAD<TILES>) {
    await_copies<RING - 1>();
    from = slot_at(p, slot_of(p, streamed_before(p.rest, walk->unit), part));
  }
#pragma unroll
  for (int n = 0; n < TILES; n++) {
    w[n] = quad{0u, 0u, 0u, 0u};
    if (exists && n < width) {
      w[n] = ASKS_AHEAD<TILES> && streamed ? ahead[n] : from[n * (int)blockDim.x];
    }
  }
  walk->list += exists && !streamed ? width : 0;
}

// Asks for what takes the place of chunk k in the next unit in memory, if k is of one: once it is used
// up, for there is no place for both.
template <int TILES>
PIECE void ask_for_next(
    const panel &p, const fragment_walk &walk, const float *part, const int k,
    quad (&ahead)[TILES]) {
  if (is_streamed(p.rest, walk.unit) && k / AHEAD<TILES> * AHEAD<TILES> < p.mine) {
    const int before = streamed_before(p.rest, walk.unit);
    if (ASKS_AHEAD<TILES>) {
      ask_for(p, before + 1, k, ahead);
    } else {
      copy_next<TILES>(p, before, slot_of(p, before, part));
    }
  }
}

// Whether to multiply chunk k of the warps: one that is not there counts as zeros.
PIECE bool is_multiplied(const panel &, const int) { return true; }

// The warp's part of R times a tile of rows of a step, into its partial sums, TILES tiles of columns
// at a time. The first weights in memory are under way before anybody waits. False if words did not come
// in time.
template <int CHUNKS, int TILES, class Panel, class Meeting>
PIECE bool multiply(
    const Panel &p, const quad (&own)[CHUNKS][TILES], float *part, const int step, const int row,
    const Meeting &m) {
  static_assert(CHUNKS % AT_ONCE == 0 && AT_ONCE % AHEAD<TILES> == 0, "whole groups of chunks");
  quad ahead[AHEAD<TILES>][TILES] = {};
#pragma unroll
  for (int i = 0; i < AHEAD<TILES> && ASKS_AHEAD<TILES>; i++) {
    ask_for(p, 0, i, ahead[i]);
  }
  fragment_walk walk = {-1, 0};
  bool arrived = true;
#pragma unroll 1
  for (int base = 0; base < p.tiles; base += TILES) {
    float d[TILES][4] = {};
    quad low[AT_ONCE], high[AT_ONCE];
#pragma unroll
    for (int k = 0; k < CHUNKS; k += AT_ONCE) {
      if (base == 0 && k < p.held) {
        arrived = load_chunks(p, step, row, k, low, high, m, arrived) && arrived;
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
          if (is_multiplied(p, k + i)) {
            multiply_chunk(p, low[i], high[i], own[k + i], d);
          }
        }
      }
    }
#pragma unroll 1
    for (int k = base == 0 ? p.held : 0; k < p.mine; k += AT_ONCE) {
      arrived = load_chunks(p, step, row, k, low, high, m, arrived) && arrived;
#pragma unroll
      for (int i = 0; i < AT_ONCE; i++) {
        quad(&next)[TILES] = ahead[i % AHEAD<TILES>];
        const int width = min(TILES, p.tiles - base);
        quad w[TILES];
        take_chunk(p, &walk, part, k + i, width, next, w);
        if (is_multiplied(p, k + i)) {
          multiply_chunk(p, low[i], high[i], w, d);
        }
        ask_for_next(p, walk, part, k + i, next);
      }
    }
    store_sums(p, part, base, d);
  }
  return arrived;
}

// The partial sums of all parts, in a buffer of two that take turns. Every thread gets the same
// answer: false, and a report, if words did not come in time.
template <int CHUNKS, int TILES>
PIECE bool products_of_step(
    const panel &p, const quad (&own)[CHUNKS][TILES], float *part, const int step, const int row,
    const meeting &m) {
  const bool arrived = multiply(p, own, part, step, row, m);
  if (__syncthreads_or(!arrived)) {
    report_gave_up(m);
    return false;
  }
  return true;
}

PIECE float column_sum(const panel &p, const float *part, const int row, const int column) {
  float sum = 0.0f;
#pragma unroll 1
  for (int own = 0; own < p.parts; own++) {
    sum += part[(own * ROW_TILE + row) * p.width + column];
  }
  return sum;
}

// The other buffer of partial sums: who writes it knows by the barrier since that nobody reads it.
PIECE float *other_part(const panel &p, const float *part) {
  return part == p.part ? p.part + p.parts * ROW_TILE * p.width : p.part;
}
