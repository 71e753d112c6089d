package org.recurrentops.cuda;

import jcuda.driver.CUresult;
import org.recurrentops.DeviceException;
import org.recurrentops.OutOfDeviceMemoryException;

/** Turns error codes of the driver into the library's exceptions. */
final class CudaError {
  private CudaError() {}

  /**
   * Returns if a call went well.
   *
   * @param code what it returned
   * @param call name of the native function
   * @param details what it was called with: kernel, sizes, device
   * @throws DeviceException if the code is not CUDA_SUCCESS
   */
  static void check(int code, String call, String details) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw of(code, call, details);
    }
  }

  /** The exception for a failed call. */
  static DeviceException of(int code, String call, String details) {
    String message = call + " failed with " + name(code) + ": " + details + advice(code);
    if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return new OutOfDeviceMemoryException(message, null);
    }
    return new DeviceException(message, isSticky(code), null);
  }

  /** The name and number of a code, such as {@code CUDA_ERROR_NO_DEVICE (100)}. */
  static String name(int code) {
    return CUresult.stringFor(code) + " (" + code + ")";
  }

  /** Whether the context returns this error from every later call, or is gone. */
  static boolean isSticky(int code) {
    switch (code) {
      case CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED:
      case CUresult.CUDA_ERROR_INVALID_CONTEXT:
      case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS:
      case CUresult.CUDA_ERROR_LAUNCH_TIMEOUT:
      case CUresult.CUDA_ERROR_ASSERT:
      case CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR:
      case CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION:
      case CUresult.CUDA_ERROR_MISALIGNED_ADDRESS:
      case CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE:
      case CUresult.CUDA_ERROR_INVALID_PC:
      case CUresult.CUDA_ERROR_LAUNCH_FAILED:
      case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE:
      case CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE:
      case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE:
      case CUresult.CUDA_ERROR_DEINITIALIZED:
      case CUresult.CUDA_ERROR_UNKNOWN: // what drivers answer once a device has left its bus
        return true;
      default:
        return false;
    }
  }

  private static String advice(int code) {
    if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return "; free memory of the device or use a smaller T or N";
    }
    return isSticky(code)
        ? "; the context takes no more work, close this RecurrentOps and start a new process"
        : "";
  }
}
