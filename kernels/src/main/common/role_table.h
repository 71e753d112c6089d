// role_table.h: what the loops of a grid work on (roles), as rows of a table that a kernel of its own
// fills for each. Needs exchange_pieces.h and persistent_sequence.h.

// Of a role in memory; as in org.recurrentops.gpu.Roles.
#define ROLE_WORDS 64

// What one loop of the grid works on: as a kernel of one loop gets it as parameters.
template <class Cell>
struct forward_role {
  Cell cell;
  sequence q;
  const float *weight;  // R [GATES*H,H]
  float *mail;
  const float *input_weight;  // W [GATES*H,H], or null where W x is in the gates
  float *input;  // mailbox of the role before
};

template <class Cell>
struct backward_role {
  Cell cell;
  reverse_sequence q;
  const float *weight;  // R [GATES*H,H]
  float *mail;
  const float *input_weight;  // W of the role before [GATES*H,H], or null where dy is there
  float *input;  // mailbox of the role before
};

// The next 16 bytes.
PIECE unsigned long long quad_at(const void *at) {
  return ((unsigned long long)at + 15ull) / 16ull * 16ull;
}

// Where a role lies in a table that begins anywhere and has four words more.
template <class Role>
PIECE Role *role_at(int *roles, const int role) {
  static_assert(sizeof(Role) <= 4 * ROLE_WORDS, "a role has more than ROLE_WORDS");
  return (Role *)(quad_at(roles) + 4ull * ROLE_WORDS * (unsigned long long)role);
}

// One thread of a grid.
template <class Role>
PIECE void put_role(int *roles, const int role, const Role &value) {
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    *role_at<Role>(roles, role) = value;
  }
}

// The role of this block, at the begin of its shared memory, because registers are for weights.
template <class Role>
PIECE Role &take_role(float *shared, int *roles, const int role) {
  const quad *from = (const quad *)role_at<Role>(roles, role);
  const int i = (int)threadIdx.x;
  if (i < ((int)sizeof(Role) + 15) / 16) {
    ((quad *)shared)[i] = load_relaxed4(from + i);
  }
  __syncthreads();
  return *(Role *)shared;
}

// The mailbox of the role before, and of W what lies behind `kept` numbers.
PIECE unsigned *mailbox_at(float *mail) { return (unsigned *)quad_at(mail); }
PIECE float *behind(float *kept, const int count) { return kept + up_to(count, 4); }

// What a launch says of a role, and where it finds dy if its block makes that. All threads.
template <class Cell>
PIECE void begin_role(forward_role<Cell> &role, const int first, const int count) {
  if (threadIdx.x == 0) {
    role.q.first = first;
    role.q.count = count;
  }
}
template <class Cell>
PIECE void begin_role(
    backward_role<Cell> &role, const int last, const int count, const float *given,
    const int unit, const int share) {
  if (threadIdx.x == 0) {
    role.q.last = last;
    role.q.count = count;
    if (role.input_weight != nullptr) {
      role.q.has_dy = 1;
      role.q.dy = given - unit;
      role.q.dy_step = 0;
      role.q.dy_row = share;
    }
  }
}
