package org.recurrentops;

/**
 * One device of one backend.
 *
 * @param id what {@link Backends#open(String)} takes, such as {@code cpu}, {@code cuda:1} or {@code
 *     opencl:0:1}
 * @param backend name of the backend, {@code cpu}, {@code cuda} or {@code opencl}
 * @param kind what it is
 * @param name the device's own name
 * @param memoryBytes memory it offers, 0 if unknown
 * @param detail instruction set, driver, GEMM in use …; free text for people
 */
public record DeviceInfo(
    String id, String backend, DeviceKind kind, String name, long memoryBytes, String detail) {}
