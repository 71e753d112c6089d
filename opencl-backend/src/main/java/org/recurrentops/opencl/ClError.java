package org.recurrentops.opencl;

import org.jocl.CL;
import org.recurrentops.DeviceException;
import org.recurrentops.OutOfDeviceMemoryException;

/** Turns error codes of the driver into the library's exceptions. */
final class ClError {
  private ClError() {}

  /** The name and number of a code, such as {@code CL_OUT_OF_RESOURCES (-5)}. */
  static String name(int code) {
    return CL.stringFor_errorCode(code) + " (" + code + ")";
  }

  /**
   * The exception for a failed call.
   *
   * @param code not CL_SUCCESS
   * @param call name of the native function
   * @param details what it was called with: kernel, sizes, device
   */
  static DeviceException of(int code, String call, String details) {
    String message = call + " failed with " + name(code) + ": " + details + advice(code);
    switch (code) {
      case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE:
      case CL.CL_OUT_OF_RESOURCES:
      case CL.CL_OUT_OF_HOST_MEMORY:
        return new OutOfDeviceMemoryException(message, null);
      default:
        return new DeviceException(message, isLost(code), null);
    }
  }

  /**
   * The exception for a failed wait. By then the work has run: lack of resources means that it went
   * wrong on the device, and the queue takes no more.
   *
   * @param code not CL_SUCCESS
   * @param call name of the native function
   * @param details which queue
   */
  static DeviceException ofWait(int code, String call, String details) {
    if (code == CL.CL_OUT_OF_HOST_MEMORY) {
      return of(code, call, details);
    }
    String message = call + " failed with " + name(code) + ": " + details;
    return new DeviceException(message + "; queued work went wrong on the device", true, null);
  }

  static boolean isLost(int code) {
    return code == CL.CL_DEVICE_NOT_AVAILABLE
        || code == CL.CL_INVALID_COMMAND_QUEUE
        || code == CL.CL_INVALID_CONTEXT
        || code == CL.CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
  }

  private static String advice(int code) {
    switch (code) {
      case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE:
      case CL.CL_OUT_OF_RESOURCES:
        return "; free memory of the device or use a smaller T or N";
      case CL.CL_OUT_OF_HOST_MEMORY:
        return "; free memory of the host";
      default:
        return isLost(code) ? "; the device is lost, close this RecurrentOps and open another" : "";
    }
  }
}
