package org.recurrentops.gpu;

/**
 * What a device can do at most.
 *
 * @param computeUnits cores or multiprocessors
 * @param maxGroupSize work-items of one work-group
 * @param localMemoryBytes local (shared) memory of one work-group
 * @param localMemoryIsGlobal true where local memory is ordinary memory, as on CPUs
 * @param maxAllocationBytes largest single allocation, 0 if unknown
 * @param pointwiseGroupSize work-group size for elementwise kernels
 */
public record DeviceLimits(
    int computeUnits,
    int maxGroupSize,
    long localMemoryBytes,
    boolean localMemoryIsGlobal,
    long maxAllocationBytes,
    int pointwiseGroupSize) {

  /** The same with another number of compute units. */
  DeviceLimits withComputeUnits(int units) {
    return new DeviceLimits(
        units,
        maxGroupSize,
        localMemoryBytes,
        localMemoryIsGlobal,
        maxAllocationBytes,
        pointwiseGroupSize);
  }
}
