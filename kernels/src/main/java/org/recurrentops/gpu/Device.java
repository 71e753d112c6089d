package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.spi.DeviceBuffer;

/**
 * A driver's device: memory, queues, kernels and matrix products, nothing that knows what a cell
 * is. Arguments arrive validated. All methods may be called from several threads at once, except
 * that one {@link LaunchArguments} or {@link Gemm} is used by one thread at a time.
 *
 * <p>Copies and fills on the device are kernels of the host program, so a device has none.
 */
public interface Device {
  /**
   * What it is.
   *
   * @return the device
   */
  DeviceInfo info();

  /**
   * What it runs on beyond {@link #info()}, for {@code plan.describe()}.
   *
   * @return such as {@code kernels fatbin}; empty for nothing
   */
  default String describe() {
    return "";
  }

  /**
   * Which generation it is of, for what is known of some only.
   *
   * @return such as {@code 9.0}, a compute capability; empty for none
   */
  default String architecture() {
    return "";
  }

  /**
   * What it can do at most.
   *
   * @return the limits
   */
  DeviceLimits limits();

  /**
   * Where launches, copies and synchronisations are counted.
   *
   * @return the counters given to {@link org.recurrentops.spi.Backend#open}
   */
  Counters counters();

  /**
   * Forms of the matrix product, such as {@code vector} or {@code tiled}; the preferred one first.
   *
   * @return at least one name, lower case, without a slash
   */
  List<String> gemmForms();

  /**
   * Arithmetic that the matrix products offer.
   *
   * @return the modes, {@link MathMode#FP32} among them
   */
  default Set<MathMode> mathModes() {
    return Set.of(MathMode.FP32);
  }

  /**
   * Allocates uninitialised memory.
   *
   * @param dtype element type
   * @param elements number of elements, may be 0
   * @return the buffer; {@link DeviceBuffer#free} must be safe while queued work still uses it
   * @throws org.recurrentops.OutOfDeviceMemoryException if there is not enough
   */
  DeviceBuffer allocate(DType dtype, long elements);

  /**
   * Borrows native memory without copying.
   *
   * @param memory its handle
   * @param dtype element type
   * @return the buffer
   * @throws org.recurrentops.UnsupportedSpecException if it cannot be used here
   */
  DeviceBuffer wrap(NativeMemory memory, DType dtype);

  /**
   * Copies host to device; the array may be reused on return.
   *
   * @param queue order
   * @param dst destination
   * @param dstOffset first element
   * @param src array of the destination's type (F32 float[], F64 double[], I32 int[], F16 and BF16
   *     short[], U8 byte[])
   * @param srcOffset first element
   * @param count elements, may be 0
   */
  void upload(
      DeviceQueue queue, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count);

  /**
   * Copies device to host and waits for it.
   *
   * @param queue order
   * @param src source
   * @param srcOffset first element
   * @param dst array of the source's type, as in {@link #upload}
   * @param dstOffset first element
   * @param count elements, may be 0
   */
  void download(
      DeviceQueue queue, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count);

  /**
   * The queue used when none is named.
   *
   * @return one and the same in-order queue
   */
  DeviceQueue defaultQueue();

  /**
   * Another in-order queue of the library's own.
   *
   * @return a new queue
   */
  DeviceQueue newQueue();

  /**
   * Borrows the caller's queue.
   *
   * @param queue its handle
   * @return the queue; closing it does not release the caller's
   * @throws org.recurrentops.UnsupportedSpecException if it is not in order or not of this device
   */
  DeviceQueue wrapQueue(NativeQueue queue);

  /**
   * Makes the argument block of a kernel: one native kernel object that is launched many times.
   *
   * @param kernel which kernel; compiled on first use
   * @return the block, all arguments unset
   * @throws org.recurrentops.DeviceException if it does not compile, with the log
   */
  LaunchArguments prepare(KernelId kernel);

  /**
   * Opens the matrix products of a plan.
   *
   * @param form one of {@link #gemmForms()}
   * @param mode one of {@link #mathModes()}
   * @return the products, which the caller closes
   */
  Products products(String form, MathMode mode);

  /**
   * Scratch that products need on each queue; a plan's is part of its workspace.
   *
   * @param form of the products
   * @return bytes, handed to {@link Products#useScratch}; 0 for none
   */
  default long productScratchBytes(String form) {
    return 0;
  }

  /**
   * Why plans of float64 cannot be run.
   *
   * @return the reason; empty if they can, and then {@link #float64Products} is there
   */
  default Optional<String> float64Refusal() {
    return Optional.of("the driver computes in float32 only");
  }

  /**
   * Opens the matrix products of a float64 plan.
   *
   * @param form one of {@link #gemmForms()}
   * @param wide this device, its kernels replaced by their float64 twins
   * @return the products, which the caller closes
   */
  default Products float64Products(String form, Device wide) {
    throw new UnsupportedOperationException(info().id() + ": no products in float64");
  }

  /**
   * Whether queues of the device run at the same time, so that a plan uses more than one.
   *
   * @return true if so; {@link #newMarker()} is there then
   */
  default boolean overlaps() {
    return false;
  }

  /**
   * Steps of a chunk where the layers of a stack overlap, for those who measure.
   *
   * @return the steps; 0 for as many as a model says, −1 to run layers one after the other
   */
  default int waveChunk() {
    return Overlap.MODEL;
  }

  /**
   * Makes a marker.
   *
   * @return the marker, which the caller closes
   */
  default Marker newMarker() {
    throw new UnsupportedOperationException(info().id() + ": runs one queue at a time");
  }

  /**
   * Whether it can launch a kernel so that all its work-groups live at the same time, one on each
   * of {@link DeviceLimits#computeUnits()}, and wait for each other.
   *
   * @return true if so; {@link LaunchArguments#launchTogether} works then
   */
  default boolean launchesTogether() {
    return false;
  }

  /**
   * Clusters of work-groups.
   *
   * @return what the device has of them; empty where the driver knows nothing of them
   */
  default Optional<Clusters> clusters() {
    return Optional.empty();
  }

  /**
   * When calls are recorded.
   *
   * @return {@link Recording#NEVER} where the driver has nothing to record with
   */
  default Recording recording() {
    return Recording.NEVER;
  }

  /**
   * Makes a recorder; only where {@link #recording()} is not {@link Recording#NEVER}.
   *
   * @return the recorder, which the caller closes
   */
  default GraphRecorder newRecorder() {
    throw new UnsupportedOperationException(info().id() + ": records no graphs");
  }

  /** Releases the device; everything made by it is closed already. Called once. */
  void close();
}
