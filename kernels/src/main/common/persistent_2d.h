// persistent_2d.h: mail_forward() and mail_backward() where the depth of the product is divided, too. A
// cluster of SIZE blocks has the units of its blocks. Each multiplies a run of a row of the mailbox by
// the weights of all of them, and its sums go over the shared memory of the cluster to the block that
// owns the unit, which adds them up in the order of the runs. So a block reads one part in SIZE of a
// plane, each word once. What it does with its weights is a product's matter: strip_2d.h, tensor_2d.h.
// Needs cluster_meeting.h and mail_words.h.
//
// A turn is the work on the rows at once. Sums of a turn come into one of two buffers, and a word counts
// their bytes. Who fills a buffer again has got what all blocks sent in the turn between, which they
// did after they had read it. Nobody leaves the loop's function while others may write to it.

// Shared memory holds two arrival words, what each block of the cluster has given [SIZE], the buffers
// [2][SIZE][chunk][columns], the staged rows [chunk][stride] in quads, what the product needs, then
// what is kept [N, share, 2]. Columns of an owner are whole quads, and so is SIZE.
template <int SIZE>
struct portion {
  arrival *words;
  float *part, *kept;
  quad *staged;
  unsigned *mail;
  int format, pack, padded, row_words, slots;   // of the mailbox; format 0: float32
  int from, quads, longest, stride;             // of a row: the own run, and the longest of all
  int share, unit, rows, chunk, columns;
  mutable int turn;
};

template <int SIZE>
PIECE int rows_at_once(const portion<SIZE> &p) {
  return p.chunk;
}

// sums: of a unit; gates: of a row of the mailbox, which has `slots` planes of `rows` rows; chunk: rows at
// once; grain: quads that a run is a multiple of
template <int SIZE>
PIECE portion<SIZE> make_portion(
    float *shared, float *mail, const int format, const int grain, const int sums, const int gates,
    const int share, const int chunk, const int rows, const int hidden, const int slots) {
  portion<SIZE> p;
  p.format = format;
  p.pack = format == 2 || format == 3 ? 2 : 1;
  p.padded = up_to(hidden, 4 * grain * p.pack);
  p.row_words = gates * p.padded / p.pack;
  p.slots = slots;
  p.longest = up_to(p.row_words / 4, SIZE * grain) / SIZE;
  p.from = (int)cluster_rank() * p.longest;
  p.quads = max(0, min(p.longest, p.row_words / 4 - p.from));
  p.share = share;
  p.unit = (int)blockIdx.x * share;
  p.rows = rows;
  p.chunk = chunk;
  p.columns = up_to(sums * share, 4);
  p.turn = 0;
  p.words = (arrival *)shared;
  p.part = shared + 4 + SIZE;
  p.staged = (quad *)(p.part + 2 * SIZE * chunk * p.columns);
  p.mail = (unsigned *)(((unsigned long long)mail + 15) / 16 * 16);
  return p;
}

// The weights of all columns of a cluster, those of an owner padded, from element `first` of a row of
// the mailbox on.
template <class Source>
struct cluster_columns {
  Source source;
  int columns, own, first;

  PIECE_MEMBER float at(const int column, const int k) const {
    const int c = column % columns;
    return c < own ? source.at(column / columns * own + c, first + k) : 0.0f;
  }
};

template <int SIZE, int GATES>
PIECE cluster_columns<own_rows<GATES>> forward_columns(
    const portion<SIZE> &p, const float *weight, const int hidden) {
  const int unit = (int)blockIdx.x / SIZE * SIZE * p.share;
  return {{weight, SIZE * p.share, unit, hidden}, p.columns, GATES * p.share, 4 * p.from * p.pack};
}

template <int SIZE>
PIECE cluster_columns<own_columns> backward_columns(
    const portion<SIZE> &p, const float *weight, const int hidden) {
  const int unit = (int)blockIdx.x / SIZE * SIZE * p.share;
  return {
      {weight, SIZE * p.share, unit, hidden, p.padded}, p.columns, p.share, 4 * p.from * p.pack};
}

// The row of a step's plane, which is that of the step `slots` later, too.
template <int SIZE>
PIECE unsigned *mail_row(const portion<SIZE> &p, const int step, const int n) {
  return p.mail + ((long long)(step % p.slots) * p.rows + n) * p.row_words;
}

// Zeros where nobody will stage, and the cluster begins: nobody writes to a block before.
template <int SIZE>
PIECE void open_cluster(const portion<SIZE> &p) {
  for (int i = (int)threadIdx.x; i < p.chunk * p.stride; i += (int)blockDim.x) {
    p.staged[i] = quad{0u, 0u, 0u, 0u};
  }
  if (threadIdx.x == 0) {
    arrival_begin(p.words, 1);
    arrival_begin(p.words + 1, 1);
    arrival_fence();
  }
  __syncthreads();
  cluster_barrier();
}

// Where a product of the own run sends its sums of a turn.
template <int SIZE>
struct owners {
  float *part;
  arrival *word;
  int chunk, columns;

  // Four neighbouring columns of a row of those at once.
  PIECE_MEMBER void give(const int row, const int column, const four &sum) const {
    const int owner = column / columns;
    float *place =
        part + ((int)cluster_rank() * chunk + row) * columns + column - owner * columns;
    const quad v = {
        __float_as_uint(sum.v[0]), __float_as_uint(sum.v[1]), __float_as_uint(sum.v[2]),
        __float_as_uint(sum.v[3])};
    push4(v, (quad *)place, word, (unsigned)owner);
  }
};

// One thread waits for the bytes of a turn; false if that was given up.
PIECE bool wait_for_sums(arrival *word, const unsigned parity, const meeting &m) {
  patience patient = {0u, 0u};
  while (!has_ended(word, parity)) {
    if (!may_wait(&patient, m.abort, m.limit)) {
      return false;
    }
  }
  return true;
}

// The sums of all runs of the own units, in a buffer of two that take turns. Every thread gets the same
// answer: false, and a report, if words or sums did not come in time.
template <int SIZE, class Product>
PIECE bool products_of_step(
    const portion<SIZE> &p, const Product &own, float *part, const int step, const int row,
    const meeting &m) {
  const int count = min(p.chunk, p.rows - row);
  arrival *word = p.words + (p.turn & 1);
  const unsigned parity = (unsigned)p.turn >> 1 & 1u;
  p.turn++;
  if (threadIdx.x == 0) {
    arrive_expecting(word, 4 * SIZE * p.columns * count);
  }
  const quad *from = (const quad *)mail_row(p, step, row) + p.from;
  bool arrived = stage_words(
      p.staged, p.stride, from, p.row_words / 4, p.quads, count, (int)blockDim.x, m);
  __syncthreads();  // all read what all have staged
  multiply_staged(p, own, owners<SIZE>{part, word, p.chunk, p.columns}, count);
  arrived = arrived && (threadIdx.x != 0 || wait_for_sums(word, parity, m));
  if (__syncthreads_or(!arrived)) {  // what one has waited for is there for all
    report_gave_up(m);
    return false;
  }
  return true;
}

// Bytes that a block sends to each of its cluster in so many turns.
template <int SIZE>
PIECE unsigned sent_in(const portion<SIZE> &p, const int turns) {
  const int portions = up_to(p.rows, p.chunk) / p.chunk;
  const int rows = turns / portions * p.rows + turns % portions * p.chunk;
  return 4u * (unsigned)p.columns * (unsigned)rows;
}

// Ends a block's part.
template <int SIZE>
PIECE void close_cluster(const portion<SIZE> &p, const unsigned long long limit) {
  const unsigned before = sent_in(p, max(0, p.turn - 1)), given = sent_in(p, p.turn);
  leave_cluster(
      p.words, SIZE, p.turn, traffic{given, SIZE * before, SIZE * (given - before)}, limit);
}

template <int SIZE>
PIECE float column_sum(
    const portion<SIZE> &p, const float *part, const int row, const int column) {
  float sum = 0.0f;
#pragma unroll
  for (int run = 0; run < SIZE; run++) {
    sum += part[(run * p.chunk + row) * p.columns + column];
  }
  return sum;
}

template <int SIZE>
PIECE float *other_part(const portion<SIZE> &p, const float *part) {
  return part == p.part ? p.part + SIZE * p.chunk * p.columns : p.part;
}
