package org.recurrentops;

import org.recurrentops.spi.DeviceBuffer;

/**
 * Device memory seen as an array: buffer, 64-bit element offset, element type, shape and strides.
 * The innermost stride is 1, the others are free, so that windows, time-major and batch-major are
 * only views. A tensor from {@link RecurrentOps#allocate} owns its memory and must be closed; one
 * from {@code wrap} borrows it; views borrow from their root and need no closing.
 *
 * <p>Thread-safe as a value; the memory behind it is ordered by the queue that uses it.
 */
public final class Tensor implements AutoCloseable {
  private final Allocation allocation;
  private final boolean root;
  private final Shape shape;
  private final long[] strides;
  private final long offset;

  private Tensor(Allocation a, boolean root, Shape shape, long[] strides, long offset) {
    this.allocation = a;
    this.root = root;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  static Tensor root(Allocation allocation, Shape shape) {
    return new Tensor(allocation, true, shape, rowMajor(shape), 0);
  }

  private static long[] rowMajor(Shape shape) {
    long[] s = new long[shape.rank()];
    long stride = 1;
    for (int i = s.length - 1; i >= 0; i--) {
      s[i] = stride;
      stride *= shape.dim(i);
    }
    return s;
  }

  /**
   * The device it lives on.
   *
   * @return the ops
   */
  public RecurrentOps ops() {
    return allocation.ops();
  }

  /**
   * Element type.
   *
   * @return the type
   */
  public DType dtype() {
    return allocation.buffer().dtype();
  }

  /**
   * Extents.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Number of axes.
   *
   * @return the rank
   */
  public int rank() {
    return strides.length;
  }

  /**
   * Extent of one axis.
   *
   * @param axis 0 … rank−1, or negative from the end
   * @return the extent
   */
  public long dim(int axis) {
    return shape.dim(axis);
  }

  /**
   * Distance in elements between neighbours along one axis.
   *
   * @param axis 0 … rank−1
   * @return the stride
   */
  public long stride(int axis) {
    return strides[axis];
  }

  /**
   * First element within the buffer.
   *
   * @return element offset
   */
  public long offset() {
    return offset;
  }

  /**
   * The memory, for backends.
   *
   * @return the buffer
   * @throws IllegalStateException if the tensor or its root is closed
   */
  public DeviceBuffer buffer() {
    requireOpen("tensor");
    return allocation.buffer();
  }

  /**
   * Whether the memory has been given back.
   *
   * @return true after close of the root
   */
  public boolean isClosed() {
    return allocation.isClosed();
  }

  /** Keeps the memory alive until {@link #letGo}; false if it is closed. */
  boolean tryHold() {
    return allocation.tryHold();
  }

  void letGo() {
    allocation.letGo();
  }

  void requireOpen(String name) {
    if (allocation.isClosed()) {
      throw new IllegalStateException(
          name + ": expected an open tensor, got a closed one of shape " + shape);
    }
  }

  /**
   * Whether the elements lie densely in row-major order.
   *
   * @return true if so
   */
  public boolean isContiguous() {
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      if (shape.dim(i) != 1 && strides[i] != stride && shape.elements() != 0) {
        return false;
      }
      stride *= shape.dim(i);
    }
    return true;
  }

  /**
   * Number of innermost rows.
   *
   * @return product of all extents but the last; 1 for rank 0 and 1
   */
  public long rows() {
    long n = 1;
    for (int i = 0; i < strides.length - 1; i++) {
      n *= shape.dim(i);
    }
    return n;
  }

  /**
   * Where an innermost row starts.
   *
   * @param row 0 ≤ row &lt; {@link #rows()}, row-major over the leading axes
   * @return element offset within the buffer
   */
  public long rowOffset(long row) {
    long at = offset;
    long rest = row;
    for (int i = strides.length - 2; i >= 0; i--) {
      long extent = shape.dim(i);
      at += rest % extent * strides[i];
      rest /= extent;
    }
    return at;
  }

  /**
   * The distance between rows if it is the same for all of them.
   *
   * @return the stride in elements, or −1 if rows are not evenly spaced
   */
  public long uniformRowStride() {
    int last = strides.length - 2;
    if (last < 0) {
      return shape.rank() == 0 ? 1 : shape.dim(-1);
    }
    long stride = -1;
    long expected = -1;
    for (int i = last; i >= 0; i--) {
      if (shape.dim(i) == 1) {
        continue;
      }
      if (stride < 0) {
        stride = strides[i];
      } else if (strides[i] != expected) {
        return -1;
      }
      expected = strides[i] * shape.dim(i);
    }
    return stride < 0 ? shape.dim(-1) : stride;
  }

  /**
   * A window along one axis.
   *
   * @param axis 0 … rank−1
   * @param from first index
   * @param to index after the last one
   * @return a view
   */
  public Tensor slice(int axis, long from, long to) {
    requireAxis(axis);
    if (from < 0 || from > to || to > shape.dim(axis)) {
      throw new IllegalArgumentException(
          "slice: expected 0 ≤ from ≤ to ≤ "
              + shape.dim(axis)
              + " on axis "
              + axis
              + " of "
              + shape
              + ", got "
              + from
              + " … "
              + to);
    }
    long[] dims = shape.dims();
    dims[axis] = to - from;
    return new Tensor(allocation, false, Shape.of(dims), strides, offset + from * strides[axis]);
  }

  /**
   * One index of the first axis.
   *
   * @param index 0 ≤ index &lt; {@code dim(0)}
   * @return a view without the first axis
   */
  public Tensor select(long index) {
    Tensor one = slice(0, index, index + 1);
    long[] dims = java.util.Arrays.copyOfRange(shape.dims(), 1, rank());
    long[] rest = java.util.Arrays.copyOfRange(strides, 1, rank());
    return new Tensor(allocation, false, Shape.of(dims), rest, one.offset);
  }

  /**
   * Inserts an axis of extent 1 before the last one or further left.
   *
   * @param axis where the new axis goes, 0 … rank, and not after an F32 tensor's last axis
   * @return a view of one rank more
   */
  public Tensor expand(int axis) {
    int most = dtype() == DType.I32 ? rank() : rank() - 1;
    if (axis < 0 || axis > most) {
      throw new IllegalArgumentException(
          "expand: expected an axis in 0 … " + most + " for " + this + ", got " + axis);
    }
    long[] dims = new long[rank() + 1];
    long[] s = new long[rank() + 1];
    for (int i = 0, j = 0; i < dims.length; i++) {
      if (i == axis) {
        dims[i] = 1;
        s[i] = axis < rank() ? strides[axis] * shape.dim(axis) : 1;
      } else {
        dims[i] = shape.dim(j);
        s[i] = strides[j++];
      }
    }
    return new Tensor(allocation, false, Shape.of(dims), s, offset);
  }

  /**
   * Exchanges two axes, neither of them the last one, which must keep stride 1; both axes of a
   * matrix of I32 or U8.
   *
   * @param a axis
   * @param b axis
   * @return a view
   */
  public Tensor transpose(int a, int b) {
    requireAxis(a);
    requireAxis(b);
    int last = rank() - 1;
    boolean perStep = rank() == 2 && (dtype() == DType.I32 || dtype() == DType.U8);
    if (a != b && (a == last || b == last) && !perStep) {
      throw new IllegalArgumentException(
          "transpose: the last axis of "
              + shape
              + " must stay last (stride 1), got "
              + a
              + ", "
              + b);
    }
    long[] dims = shape.dims();
    long[] s = strides.clone();
    dims[a] = shape.dim(b);
    dims[b] = shape.dim(a);
    s[a] = strides[b];
    s[b] = strides[a];
    return new Tensor(allocation, false, Shape.of(dims), s, offset);
  }

  /**
   * Other extents over the same elements.
   *
   * @param dims new extents with the same product
   * @return a view
   * @throws IllegalArgumentException if the count differs or the tensor is not contiguous
   */
  public Tensor reshape(long... dims) {
    Shape target = Shape.of(dims);
    if (target.elements() != shape.elements() || !isContiguous()) {
      throw new IllegalArgumentException(
          "reshape: expected a contiguous tensor of "
              + target.elements()
              + " elements for "
              + target
              + ", got "
              + this);
    }
    return new Tensor(allocation, false, target, rowMajor(target), offset);
  }

  /**
   * Copies host values into the tensor, in row-major order of its axes, on the default queue. Work
   * enqueued on another queue is not waited for: see {@link #upload(ExecutionQueue, float[])}.
   *
   * @param values F32, exactly as many as the tensor has elements; may be reused on return
   */
  public void upload(float[] values) {
    Transfer.upload(ops().queue(), this, DType.F32, values, values.length);
  }

  /**
   * Copies host values into the tensor, in row-major order of its axes, between the work enqueued
   * on a queue before and after.
   *
   * @param queue of the same ops, such as that of the plan which reads the tensor
   * @param values F32, exactly as many as the tensor has elements; may be reused on return
   */
  public void upload(ExecutionQueue queue, float[] values) {
    Transfer.upload(queue, this, DType.F32, values, values.length);
  }

  /**
   * Copies host values into the tensor, in row-major order of its axes, on the default queue.
   *
   * @param values I32, exactly as many as the tensor has elements; may be reused on return
   */
  public void upload(int[] values) {
    Transfer.upload(ops().queue(), this, DType.I32, values, values.length);
  }

  /**
   * Copies host values into the tensor, in row-major order of its axes, between the work enqueued
   * on a queue before and after.
   *
   * @param queue of the same ops
   * @param values I32, exactly as many as the tensor has elements; may be reused on return
   */
  public void upload(ExecutionQueue queue, int[] values) {
    Transfer.upload(queue, this, DType.I32, values, values.length);
  }

  /**
   * Copies host values into the tensor, in row-major order of its axes, on the default queue.
   *
   * @param values F64, exactly as many as the tensor has elements; may be reused on return
   */
  public void upload(double[] values) {
    Transfer.upload(ops().queue(), this, DType.F64, values, values.length);
  }

  /**
   * Copies host values into the tensor, in row-major order of its axes, on the default queue.
   *
   * @param values U8, exactly as many as the tensor has elements; may be reused on return
   */
  public void upload(byte[] values) {
    Transfer.upload(ops().queue(), this, DType.U8, values, values.length);
  }

  /**
   * Copies the tensor to the host, in row-major order of its axes, after the work enqueued on the
   * default queue, which it waits for; see {@link #download(ExecutionQueue, float[])}.
   *
   * @param values F32 destination, exactly as long as the tensor has elements
   */
  public void download(float[] values) {
    Transfer.download(ops().queue(), this, DType.F32, values, values.length);
  }

  /**
   * Copies the tensor to the host, in row-major order of its axes, after the work enqueued on a
   * queue, which it waits for.
   *
   * @param queue of the same ops, such as that of the plan which wrote the tensor
   * @param values F32 destination, exactly as long as the tensor has elements
   */
  public void download(ExecutionQueue queue, float[] values) {
    Transfer.download(queue, this, DType.F32, values, values.length);
  }

  /**
   * Copies the tensor to the host, in row-major order of its axes, after the work enqueued on the
   * default queue, which it waits for.
   *
   * @param values I32 destination, exactly as long as the tensor has elements
   */
  public void download(int[] values) {
    Transfer.download(ops().queue(), this, DType.I32, values, values.length);
  }

  /**
   * Copies the tensor to the host, in row-major order of its axes, after the work enqueued on a
   * queue, which it waits for.
   *
   * @param queue of the same ops
   * @param values I32 destination, exactly as long as the tensor has elements
   */
  public void download(ExecutionQueue queue, int[] values) {
    Transfer.download(queue, this, DType.I32, values, values.length);
  }

  /**
   * Downloads into a new array.
   *
   * @return F64 values in row-major order
   */
  public double[] toDoubles() {
    double[] values = new double[Math.toIntExact(shape.elements())];
    Transfer.download(ops().queue(), this, DType.F64, values, values.length);
    return values;
  }

  /**
   * Downloads into a new array.
   *
   * @return U8 values in row-major order
   */
  public byte[] toBytes() {
    byte[] values = new byte[Math.toIntExact(shape.elements())];
    Transfer.download(ops().queue(), this, DType.U8, values, values.length);
    return values;
  }

  /**
   * Downloads into a new array.
   *
   * @return F32 values in row-major order
   */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(shape.elements())];
    download(values);
    return values;
  }

  /**
   * Downloads into a new array.
   *
   * @return I32 values in row-major order
   */
  public int[] toInts() {
    int[] values = new int[Math.toIntExact(shape.elements())];
    download(values);
    return values;
  }

  /**
   * Gives owned memory back after the host calls in flight that use it; work already enqueued may
   * still use it. A view does nothing. Closing twice is harmless.
   */
  @Override
  public void close() {
    if (root) {
      allocation.close();
    }
  }

  private void requireAxis(int axis) {
    if (axis < 0 || axis >= rank()) {
      throw new IllegalArgumentException(
          "axis: expected 0 … " + (rank() - 1) + " of " + shape + ", got " + axis);
    }
  }

  /** Renders type, shape and, where it matters, strides. */
  @Override
  public String toString() {
    return dtype()
        + shape.toString()
        + (isContiguous() ? "" : " strides " + java.util.Arrays.toString(strides));
  }
}
