package org.recurrentops.gpu;

import java.util.function.Function;
import org.recurrentops.spi.DeviceBuffer;

/**
 * Matrix products of one owner, a plan for example, in one form and arithmetic, with whatever they
 * share: a library's handle and its workspace. Used by one thread at a time; one owner's products
 * may run on several queues at once.
 */
public interface Products {
  /**
   * Makes a matrix product that is run many times.
   *
   * @param shape sizes and transposes
   * @return the product, operands unset; closed before this
   */
  Gemm prepare(GemmShape shape);

  /**
   * How operands must be stored.
   *
   * @return the format; the result is float32 always
   */
  default OperandFormat operands() {
    return OperandFormat.FLOAT32;
  }

  /**
   * Makes what products need on a queue beside scratch, so that the first run on it allocates
   * nothing.
   *
   * @param queue where products will run
   * @throws org.recurrentops.OutOfDeviceMemoryException if there is no memory for it
   */
  default void open(DeviceQueue queue) {}

  /**
   * Says where the scratch of products on a queue lies, from now on. Queues whose work has no order
   * have scratch of their own.
   *
   * @param queue where products will run
   * @param memory live until these products are closed
   * @param offset first element of the {@link Device#productScratchBytes}, any alignment
   */
  default void useScratch(DeviceQueue queue, DeviceBuffer memory, long offset) {}

  /**
   * What computes them, with its version.
   *
   * @return such as {@code tiled} or {@code cublas 12.6}
   */
  String describe();

  /** Releases what is shared, after queued products are done. Called once. */
  default void close() {}

  /**
   * Products that share nothing.
   *
   * @param name for {@link #describe()}
   * @param maker makes one
   * @return the products
   */
  static Products of(String name, Function<GemmShape, Gemm> maker) {
    return of(name, OperandFormat.FLOAT32, maker);
  }

  /**
   * Products that share nothing, of operands in a format.
   *
   * @param name for {@link #describe()}
   * @param operands how operands must be stored
   * @param maker makes one
   * @return the products
   */
  static Products of(String name, OperandFormat operands, Function<GemmShape, Gemm> maker) {
    return new Products() {
      @Override
      public OperandFormat operands() {
        return operands;
      }

      @Override
      public Gemm prepare(GemmShape shape) {
        return maker.apply(shape);
      }

      @Override
      public String describe() {
        return name;
      }
    };
  }
}
