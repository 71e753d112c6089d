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
   * Takes memory back; queued work may still use it, so reuse it only in the order of that queue.
   *
   * @param memory what {@link #allocate} returned
   */
  void release(Tensor memory);
}
