package org.recurrentops;

/**
 * A stream or command queue that belongs to somebody else, by its native handle.
 *
 * @param handle a CUstream or cl_command_queue, as a 64-bit value
 */
public record NativeQueue(long handle) {}
