// group_sum.h: sums of one value per work-item as a tree in local memory, so in a fixed order for a
// fixed group size. scratch holds one float per work-item; all of them take part.
#ifdef __OPENCL_C_VERSION__
#define LOCAL __local
#define GROUP_BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#else
#define LOCAL
#define GROUP_BARRIER() __syncthreads()
#endif

// The sum of one value per work-item, the same in all of them; any group size.
CELL_FUNCTION float group_sum(float value, LOCAL float *scratch, int id, int size) {
  GROUP_BARRIER();
  scratch[id] = value;
  for (int width = size; width > 1;) {
    const int upper = (width + 1) / 2;
    GROUP_BARRIER();
    if (id + upper < width) {
      scratch[id] += scratch[id + upper];
    }
    width = upper;
  }
  GROUP_BARRIER();
  return scratch[0];
}
