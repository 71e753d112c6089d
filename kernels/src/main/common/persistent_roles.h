// persistent_roles.h: several persistent loops in one grid (roles): the directions of a layer, which
// know nothing of each other, or layers as a wavefront, where the block of a layer itself multiplies
// what the role before it gave to a step by its own weights, as soon as that role has ended the
// step. All roles have as many blocks. Needs persistent_forward.h and persistent_backward.h.

// Of a role in memory; as in org.recurrentops.gpu.Roles.
#define ROLE_WORDS 64

// What one loop of the grid works on: as a kernel of one loop gets it as parameters.
template <class Cell>
struct forward_role {
  Cell cell;
  sequence q;
  const float *weight;  // R [GATES*H,H]
  const float *input_weight;  // W [GATES*H,H], or null where W x is in the gates
  const float *input;  // y of the role before [T,N,H]
};

template <class Cell>
struct backward_role {
  Cell cell;
  reverse_sequence q;
  const float *weight;  // R [GATES*H,H]
  const float *input_weight;  // W of the role before [GATES*H,H], or null where dy is there
  const float *input;  // dgates of the role before [T,N,GATES*H]
  float *gradient;  // where q finds its dy [T,N,H]
};

// Where a role lies in a table that begins anywhere and has four words more.
template <class Role>
PIECE Role *role_at(int *roles, const int role) {
  static_assert(sizeof(Role) <= 4 * ROLE_WORDS, "a role has more than ROLE_WORDS");
  const unsigned long long begin = ((unsigned long long)roles + 15ull) & ~15ull;
  return (Role *)(begin + 4ull * ROLE_WORDS * (unsigned long long)role);
}

// One thread of a grid.
template <class Role>
PIECE void put_role(int *roles, const int role, const Role &value) {
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    *role_at<Role>(roles, role) = value;
  }
}

// The role of this block. In quads, because nvcc makes a load of which a part is used one that PTX
// has words for from version 8.3 on only.
template <class Role>
PIECE Role take_role(int *roles, const meeting &m) {
  const quad *from = (const quad *)role_at<Role>(roles, (int)blockIdx.x / m.blocks);
  union {
    quad words[ROLE_WORDS / 4];
    Role role;
  } own;
#pragma unroll
  for (int i = 0; i < ((int)sizeof(Role) + 15) / 16; i++) {
    own.words[i] = load_relaxed4(from + i);
  }
  return own.role;
}

// All threads of a block: waits until the role before has ended the i-th step of the launch.
PIECE bool role_before_has_ended(const meeting &m, const int i) {
  return have_ended(m, m.steps - 1, (unsigned)i + 1u);
}

// Weights of the input lie behind what a cell keeps of `kept` numbers.
PIECE slab input_slab(const slab &s, const int kept) {
  slab x = s;
  x.weights = s.kept + (kept + 3) / 4 * 4;
  return x;
}

// W x of the own units, which cells find in the gates.
template <int GATES, class Cell>
struct layer_below {
  const forward_role<Cell> &role;

  PIECE_MEMBER slab weights(const slab &s) const {
    return input_slab(s, s.groups * role.q.rows);
  }
  PIECE_MEMBER void begin(const slab &s) const {
    if (role.input_weight != nullptr) {
      load_rows<GATES>(weights(s), role.input_weight, role.q.hidden);
    }
  }
  PIECE_MEMBER bool add(const slab &s, const meeting &m, const int t, const int i) const {
    if (role.input_weight == nullptr) {
      return true;
    }
    if (!role_before_has_ended(m, i)) {
      return false;
    }
    const slab x = weights(s);
    const sequence &q = role.q;
    const float *rows = role.input + (long long)t * q.rows * q.hidden;
    float *gates = role.cell.gates + (long long)t * q.rows * GATES * q.hidden;
    multiply_rows<GATES>(x, rows, q, [&](const int row) {
      each_total<GATES>(
          x, q, row, [&](const int, const int n, const int, const int j, const float *sum) {
            for (int gate = 0; gate < GATES; gate++) {
              gates[((long long)n * GATES + gate) * q.hidden + j] = sum[gate];
            }
          });
    });
    return true;
  }
};

// dy of the own units, from the gate gradients of the layer above.
template <int GATES, class Cell>
struct layer_above {
  const backward_role<Cell> &role;

  PIECE_MEMBER slab weights(const slab &s) const {
    return input_slab(s, 2 * BACK_COLUMNS * s.groups * role.q.rows);
  }
  PIECE_MEMBER void begin(const slab &s) const {
    if (role.input_weight != nullptr) {
      load_columns<GATES>(weights(s), role.input_weight, role.q.hidden);
    }
  }
  PIECE_MEMBER bool add(const slab &s, const meeting &m, const int t, const int i) const {
    if (role.input_weight == nullptr) {
      return true;
    }
    if (!role_before_has_ended(m, i)) {
      return false;
    }
    const slab x = weights(s);
    const reverse_sequence &q = role.q;
    const float *step = role.input + (long long)t * q.rows * GATES * q.hidden;
    float *dy = role.gradient + t * q.dy_step + s.unit;
    for (int row = 0; row < q.rows; row += TILE * s.tiles) {
      four sum[BACK_COLUMNS];
      multiply_gates<GATES>(x, step, q, row, sum);
      each_column_total(x, q, sum, row, [&](const int n, const int u, const float total) {
        dy[n * q.dy_row + u] = total;
      });
    }
    return true;
  }
};

template <int GATES, class Cell>
PIECE void roles_forward(
    float *shared, int *roles, const int first, const int count, const int share,
    const int tiles, const meeting &m) {
  forward_role<Cell> own = take_role<forward_role<Cell>>(roles, m);
  own.q.first = first;
  own.q.count = count;
  persistent_forward<GATES>(
      shared, own.weight, own.cell, own.q, layer_below<GATES, Cell>{own}, share, tiles, m);
}

template <int GATES, class Cell>
PIECE void roles_backward(
    float *shared, int *roles, const int last, const int count, const int share,
    const int tiles, const meeting &m) {
  backward_role<Cell> own = take_role<backward_role<Cell>>(roles, m);
  own.q.last = last;
  own.q.count = count;
  persistent_backward<GATES>(
      shared, own.weight, own.cell, own.q, layer_above<GATES, Cell>{own}, share, tiles, m);
}
