package org.recurrentops.gpu;

import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What loops whose work-groups wait for each other need to know.
 *
 * @param limits the device's, with as many compute units as hold work-groups at once
 * @param clustered the same for work-groups in clusters of a size
 * @param errors where those that give up report
 * @param proved whether a result file shows a form of an algorithm right and faster on the device's
 *     architecture
 * @param roles loops that share a launch
 * @param cluster work-groups of a cluster that has a whole layer, by the name of the algorithm
 */
record Grids(
    Supplier<DeviceLimits> limits,
    IntFunction<DeviceLimits> clustered,
    Supplier<Address> errors,
    Predicate<String> proved,
    Supplier<Roles> roles,
    Function<String, ClusterSize> cluster) {}
