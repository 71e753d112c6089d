package org.recurrentops;

/**
 * Where the scratch of plans comes from, for frameworks that own the device's memory. Given to
 * {@link PlanOptions#allocator}; asked once per plan, per {@link Reserve} and per {@link
 * PackedWeights}.
 */
public interface WorkspaceAllocator {
  /** Allocates from the device and frees on release: the default. */
  WorkspaceAllocator DEVICE =
      new WorkspaceAllocator() {
        @Override
        public Tensor allocate(RecurrentOps ops, long elements) {
          return ops.allocate(elements);
        }

        @Override
        public Tensor allocate(RecurrentOps ops, DType type, long elements) {
          return ops.allocate(type, elements);
        }

        @Override
        public void release(Tensor memory) {
          memory.close();
        }
      };

  /**
   * Hands memory out.
   *
   * @param ops the device it must live on
   * @param elements float32 elements needed, may be 0
   * @return an F32 tensor of shape [{@code elements}], contiguous, used by nobody else until
   *     released; a view into a larger tensor is fine
   */
  Tensor allocate(RecurrentOps ops, long elements);

  /**
   * Hands memory of any type out; only plans of float64 ask for another type than F32.
   *
   * @param ops the device it must live on
   * @param type element type, {@link PlanOptions#memoryType()} of the plan
   * @param elements elements needed, may be 0
   * @return a tensor of that type, otherwise as {@link #allocate(RecurrentOps, long)}
   * @throws UnsupportedSpecException if this allocator has float32 only, which is the default
   */
  default Tensor allocate(RecurrentOps ops, DType type, long elements) {
    if (type != DType.F32) {
      throw new UnsupportedSpecException(
          "workspace allocator: expected one of "
              + type
              + " memory, got one of F32 memory only; override allocate(ops, type, elements)");
    }
    return allocate(ops, elements);
  }

  /**
   * Takes memory back; queued work may still use it, so reuse it only in the order of that queue.
   *
   * @param memory what {@link #allocate} returned
   */
  void release(Tensor memory);
}
