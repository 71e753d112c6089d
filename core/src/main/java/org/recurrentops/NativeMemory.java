package org.recurrentops;

/**
 * Device memory that belongs to somebody else, by its native handle.
 *
 * @param handle a CUdeviceptr, a cl_mem …, as a 64-bit value
 * @param bytes its size
 * @param contextHandle the native context it belongs to, 0 if not known; a backend refuses memory
 *     of another context when it can tell
 */
public record NativeMemory(long handle, long bytes, long contextHandle) {
  /**
   * Refuses sizes below zero.
   *
   * @param handle native handle
   * @param bytes its size, at least 0
   * @param contextHandle native context or 0
   */
  public NativeMemory {
    if (bytes < 0) {
      throw new IllegalArgumentException("native memory: expected bytes ≥ 0, got " + bytes);
    }
  }
}
