package org.recurrentops.spi;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.UnsupportedSpecException;

/** An opened device. */
public interface BackendDevice {
  /**
   * What it is.
   *
   * @return the device
   */
  DeviceInfo info();

  /**
   * Names that {@link org.recurrentops.PlanOptions#algorithm(String)} accepts, such as {@code
   * stepped} or {@code fused}; a form of GEMM or arithmetic follows a slash ({@code
   * stepped/vector}).
   *
   * @return every algorithm that this device can run in some plan
   */
  List<String> algorithms();

  /** Name of an algorithm that leaves all matrix products out. */
  String WITHOUT_PRODUCTS = "stepped/without-products";

  /**
   * Name of an algorithm that computes what {@code stepped} does, and counts how long the phases of
   * its calls take: {@link org.recurrentops.Counters#nanoseconds(String)} of the algorithm, the
   * pass and the phase, such as {@code stepped/timed.backward.weight-gradients}. Those of a call
   * add up to its time.
   */
  String TIMED = "stepped/timed";

  /**
   * Algorithms that {@link org.recurrentops.PlanOptions#algorithm(String)} accepts as well, but
   * which are for measuring: {@link #TIMED} looks at the clock all the time, and {@link
   * #WITHOUT_PRODUCTS} computes something else than the layer, what it would compute with weight
   * matrices of zero, products by those left out. They are never chosen by themselves, and say so
   * in {@link BackendPlan#describe()}.
   *
   * @return their names
   */
  default List<String> measuringAlgorithms() {
    return List.of();
  }

  /**
   * Arithmetic of the matrix products that some plan can run with. A mode other than FP32 is done
   * as asked or refused, and each of its products is counted as a launch whose name ends with
   * {@code _} and the mode in lower case.
   *
   * @return the modes, {@link MathMode#FP32} among them
   */
  default Set<MathMode> mathModes() {
    return Set.of(MathMode.FP32);
  }

  /**
   * Whether a request is refused.
   *
   * @param request what is asked
   * @return the reason, or empty if {@link #plan} will accept it
   */
  Optional<String> refusal(PlanRequest request);

  /**
   * Memory of a plan, without allocating any.
   *
   * @param request what is asked, not refused
   * @return element counts
   */
  PlanMemory estimate(PlanRequest request);

  /**
   * Makes a plan.
   *
   * @param request what is asked, not refused
   * @param queue where its work goes
   * @return the plan
   */
  BackendPlan plan(PlanRequest request, BackendQueue queue);

  /**
   * Operations beside the recurrence.
   *
   * @param queue where their work goes
   * @return the operations
   */
  BackendMath math(BackendQueue queue);

  /**
   * Allocates uninitialised memory.
   *
   * @param dtype element type
   * @param elements number of elements, may be 0
   * @return the buffer
   * @throws org.recurrentops.OutOfDeviceMemoryException if there is not enough
   */
  DeviceBuffer allocate(DType dtype, long elements);

  /**
   * Borrows a Java array or direct buffer without copying.
   *
   * @param memory float[], int[], … or a direct java.nio buffer in native byte order
   * @param dtype element type
   * @return the buffer
   * @throws UnsupportedSpecException if the device cannot read that memory in place
   */
  default DeviceBuffer wrap(Object memory, DType dtype) {
    throw new UnsupportedSpecException(
        info().id()
            + " cannot wrap a "
            + memory.getClass().getSimpleName()
            + ": it is not memory of the device; allocate a tensor and upload");
  }

  /**
   * Borrows native device memory.
   *
   * @param memory its handle
   * @param dtype element type
   * @return the buffer
   * @throws UnsupportedSpecException if the device has no such memory
   */
  default DeviceBuffer wrap(NativeMemory memory, DType dtype) {
    throw new UnsupportedSpecException(
        info().id() + " has no native device memory to wrap; wrap an array or a direct buffer");
  }

  /**
   * Copies host to device; the array may be reused on return.
   *
   * @param queue order
   * @param dst destination
   * @param dstOffset first element
   * @param src array of the destination's type (F32 float[], F64 double[], I32 int[], F16 and BF16
   *     short[], U8 byte[])
   * @param srcOffset first element
   * @param count elements
   */
  void upload(
      BackendQueue queue, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count);

  /**
   * Copies device to host and waits for it.
   *
   * @param queue order
   * @param src source
   * @param srcOffset first element
   * @param dst array of the source's type, as in {@link #upload}
   * @param dstOffset first element
   * @param count elements
   */
  void download(
      BackendQueue queue, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count);

  /**
   * The queue used when none is named.
   *
   * @return one and the same queue
   */
  BackendQueue defaultQueue();

  /**
   * Another queue of the library's own.
   *
   * @return a new queue
   */
  BackendQueue newQueue();

  /**
   * Borrows the caller's queue.
   *
   * @param queue its handle
   * @return the queue
   * @throws UnsupportedSpecException if the device has no such queues, or it is not in order
   */
  default BackendQueue wrapQueue(NativeQueue queue) {
    throw new UnsupportedSpecException(
        info().id() + " has no native queues to wrap; use the default queue");
  }

  /** Releases the device; all queues, buffers and plans are closed already. Called once. */
  void close();
}
