// tensor_2d.h: products of persistent_2d.h on tensor cores. The warps split the columns of the cluster
// into tiles, `tiles` neighbours to each, and multiply the whole run of the depth, so that a sum is in
// one register and goes from there to the owner of its unit. Chunks, fragments and the order of k are
// those of tensor_pieces.h. Needs persistent_2d.h, tensor_pieces.h and tensor_product.h.

// Shared memory holds the fragments that have no register [lists][threads].
template <int CHUNKS, int TILES>
struct tile_weights {
  quad own[CHUNKS][TILES];
  quad *fragments;
  panel mma;  // format and scratch of the products
  int chunks, tiles, first, width;
};

// All lanes of a warp, see publish() of tensor_pieces.h.
template <int SIZE>
PIECE void publish(const portion<SIZE> &p, unsigned *row, const int at, const float x) {
  panel words = {};
  words.format = p.format;
  words.pack = p.pack;
  publish(words, row, at, x);
}

// Divides the rest of the block's shared memory. Rows are an odd number of chunks apart, so that the
// quads that eight lanes read at once lie in different banks.
template <int SIZE, int CHUNKS, int TILES>
PIECE void place_tiles(portion<SIZE> *p, tile_weights<CHUNKS, TILES> *w, unsigned *scratch) {
  w->mma = {};
  w->mma.format = p->format;
  w->mma.scratch = scratch;
  w->width = SIZE * p->columns;
  const int warps = (int)blockDim.x / LANES;
  const int all = up_to(w->width, COLUMN_TILE) / COLUMN_TILE;
  w->chunks = p->longest / 4;
  w->tiles = up_to(all, warps) / warps;
  w->first = (int)threadIdx.x / LANES * w->tiles;
  p->stride = 4 * (w->chunks | 1);
  w->fragments = p->staged + p->chunk * p->stride;
  const int in_registers = min(CHUNKS, w->chunks) * min(TILES, w->tiles);
  const int lists = w->chunks * w->tiles - in_registers;
  p->kept = (float *)(w->fragments + lists * (int)blockDim.x);
}

// Where a fragment lies that has no register: those of the chunks from CHUNKS on, then those of the
// first chunks and the tiles from TILES on.
template <int CHUNKS, int TILES>
PIECE quad *fragment_at(const tile_weights<CHUNKS, TILES> &w, const int k, const int tile) {
  const int beyond = max(0, w.chunks - CHUNKS) * w.tiles;
  const int list = k >= CHUNKS ? (k - CHUNKS) * w.tiles + tile
                               : beyond + k * (w.tiles - TILES) + tile - TILES;
  return w.fragments + list * (int)blockDim.x + (int)threadIdx.x;
}

// All fragments of the thread. The loop makes one at a time and moves it to where it belongs, because
// the code to make one is long.
template <int SIZE, int CHUNKS, int TILES, class Source>
PIECE void load_tiles(
    const portion<SIZE> &p, const Source &source, tile_weights<CHUNKS, TILES> &w) {
  const int lane = (int)threadIdx.x % LANES;
#pragma unroll 1
  for (int i = 0; i < w.chunks * w.tiles; i++) {
    const int k = i / w.tiles, tile = i % w.tiles;
    const int column = COLUMN_TILE * (w.first + tile) + lane / 4;
    const int first = (CHUNK_WORDS * k + 4 * (lane % 4)) * p.pack;
    unsigned word[4] = {0u, 0u, 0u, 0u};
#pragma unroll 1
    for (int e = 0; e < 4 * p.pack && 4 * k < p.quads; e++) {
      const unsigned bits = operand_bits(source.at(column, first + e), p.format);
#pragma unroll
      for (int to = 0; to < 4; to++) {
        word[to] |= to == e / p.pack ? bits << (16 * (e % p.pack)) : 0u;
      }
    }
    const quad fragment = {word[0], word[1], word[2], word[3]};
    if (k >= CHUNKS || tile >= TILES) {
      *fragment_at(w, k, tile) = fragment;
    }
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
      for (int n = 0; n < TILES; n++) {
        if (c == k && n == tile) {
          w.own[c][n] = fragment;
        }
      }
    }
  }
}

// A lane's sums of a tile of rows and one of columns, to their owners: neighbouring lanes have half of
// four columns each, of two rows; the even one sends the first row.
template <int SIZE>
PIECE void send_tile(
    const owners<SIZE> &to, const float (&d)[4], const int row, const int column, const int width,
    const int count) {
  const int lane = (int)threadIdx.x % LANES;
  const bool odd = lane % 2 != 0;
  const float first = __shfl_xor_sync(0xFFFFFFFFu, odd ? d[0] : d[2], 1);
  const float second = __shfl_xor_sync(0xFFFFFFFFu, odd ? d[1] : d[3], 1);
  const four sum = odd ? four{{first, second, d[2], d[3]}} : four{{d[0], d[1], first, second}};
  const int r = row + lane / 4 + (odd ? 8 : 0);
  const int c = column + 4 * (lane % 4 / 2);
  if (r < count && c < width) {
    to.give(r, c, sum);
  }
}

// The run's product with the staged rows. Two sets of sums, of even and of odd chunks, so that products
// wait less for each other.
template <int SIZE, int CHUNKS, int TILES>
PIECE void multiply_staged(
    const portion<SIZE> &p, const tile_weights<CHUNKS, TILES> &w, const owners<SIZE> &to,
    const int count) {
  static_assert(CHUNKS % 2 == 0, "chunks in pairs");
  const int lane = (int)threadIdx.x % LANES;
#pragma unroll 1
  for (int row = 0; row < count; row += ROW_TILE) {
    const quad *low = p.staged + (row + lane / 4) * p.stride + lane % 4;
    const quad *high = low + 8 * p.stride;
#pragma unroll 1
    for (int base = 0; base < w.tiles; base += TILES) {
      float d[2][TILES][4] = {};
#pragma unroll
      for (int k = 0; k < CHUNKS; k++) {
        if (base == 0 && k < w.chunks) {
          multiply_chunk(w.mma, low[4 * k], high[4 * k], w.own[k], d[k % 2]);
        }
      }
#pragma unroll 1
      for (int k = base == 0 ? CHUNKS : 0; k < w.chunks; k += 2) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
          quad v[TILES];
#pragma unroll
          for (int n = 0; n < TILES; n++) {
            v[n] = k + i < w.chunks && base + n < w.tiles ? *fragment_at(w, k + i, base + n)
                                                          : quad{0u, 0u, 0u, 0u};
          }
          const int at = 4 * min(k + i, w.chunks - 1);
          multiply_chunk(w.mma, low[at], high[at], v, d[i]);
        }
      }
#pragma unroll
      for (int n = 0; n < TILES; n++) {
        if (base + n < w.tiles) {
#pragma unroll
          for (int i = 0; i < 4; i++) {
            d[0][n][i] += d[1][n][i];
          }
          const int column = COLUMN_TILE * (w.first + base + n);
          send_tile(to, d[0][n], row, column, w.width, count);
        }
      }
    }
  }
}

template <int SIZE, int GATES, int CHUNKS, int TILES, class Cell>
PIECE void tensor_forward_2d(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell, const sequence &q,
    const int share, const int tiles, const int format, float *mail, const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  portion<SIZE> p = make_portion<SIZE>(
      shared, mail, format, 4, GATES, 1, share, ROW_TILE * tiles, q.rows, q.hidden, slots);
  tile_weights<CHUNKS, TILES> own = {};
  place_tiles(&p, &own, scratch);
  load_tiles(p, forward_columns<SIZE, GATES>(p, weight, q.hidden), own);
  open_cluster(p);
  mail_forward<GATES>(p, own, cell, q, no_input{}, m);
  close_cluster(p, m.limit);
}

template <int SIZE, int GATES, int CHUNKS, int TILES, class Cell>
PIECE void tensor_backward_2d(
    float *shared, unsigned *scratch, const float *weight, const Cell &cell,
    const reverse_sequence &q, const int share, const int tiles, const int format, float *mail,
    const int slots, meeting m) {
  if (!all_there(&m)) {
    return;
  }
  portion<SIZE> p = make_portion<SIZE>(
      shared, mail, format, 4, 1, GATES, share, ROW_TILE * tiles, q.rows, q.hidden, slots);
  tile_weights<CHUNKS, TILES> own = {};
  place_tiles(&p, &own, scratch);
  load_tiles(p, backward_columns<SIZE>(p, weight, q.hidden), own);
  open_cluster(p);
  mail_backward<GATES>(p, own, cell, q, no_input{}, m);
  close_cluster(p, m.limit);
}
