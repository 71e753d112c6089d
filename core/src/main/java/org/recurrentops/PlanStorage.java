package org.recurrentops;

/** One piece of memory from a {@link WorkspaceAllocator}, checked on arrival, released once. */
final class PlanStorage implements AutoCloseable {
  private final WorkspaceAllocator allocator;
  private final Tensor tensor;
  private boolean released;

  private PlanStorage(WorkspaceAllocator allocator, Tensor tensor) {
    this.allocator = allocator;
    this.tensor = tensor;
  }

  static PlanStorage of(RecurrentOps ops, WorkspaceAllocator allocator, DType type, long elements) {
    Tensor t = allocator.allocate(ops, type, elements);
    boolean fits =
        t != null
            && t.ops() == ops
            && t.dtype() == type
            && t.rank() == 1
            && t.dim(0) == elements
            && t.isContiguous()
            && !t.isClosed();
    if (!fits) {
      throw new IllegalStateException(
          "workspace allocator: expected an open "
              + type
              + "["
              + elements
              + "] of "
              + ops.device().id()
              + ", got "
              + t);
    }
    return new PlanStorage(allocator, t);
  }

  Tensor tensor() {
    return tensor;
  }

  boolean isReleased() {
    return released;
  }

  @Override
  public synchronized void close() {
    if (!released) {
      released = true;
      if (!tensor.isClosed()) {
        allocator.release(tensor);
      }
    }
  }
}
