package org.recurrentops.gpu;

/**
 * Clusters of work-groups that live together and write into each other's local memory, as a
 * device's driver knows them. Some devices run larger ones, see {@link ClusterSize}.
 *
 * @param size work-groups of the largest that every device which has clusters can run
 * @param lacking why this device has none; empty if it has
 */
public record Clusters(int size, String lacking) {}
