package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;
import org.recurrentops.DeviceException;
import org.recurrentops.cuda.Probe.Figure;
import org.recurrentops.cuda.Probe.Needs;

/**
 * How many blocks and clusters live at once, and how long blocks wait for each other: what decides
 * about persistent kernels.
 */
final class ExchangeProbes {
  private static final int NOT_YET = 0xFFFFFFFF;
  private static final int THREADS = 256;

  /** How long a block of the residency probe stays, in nanoseconds. */
  private static final long STAY = 20_000_000L;

  private ExchangeProbes() {}

  /** All of them. */
  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    all.add(new Probe("residency/1", Needs.NOTHING, d -> residency(d, "exchange", 1)));
    for (int size : new int[] {2, 4, 8, 16}) {
      all.add(new Probe("residency/" + size, Needs.CLUSTERS, d -> residency(d, "cluster", size)));
    }
    for (int size : new int[] {2, 4, 8, 16}) {
      all.add(new Probe("piece/cluster-size-" + size, Needs.CLUSTERS, d -> clusterSize(d, size)));
    }
    all.add(new Probe("piece/handshake", Needs.TOGETHER, ExchangeProbes::handshake));
    all.add(new Probe("latency/flag", Needs.TOGETHER, ExchangeProbes::flag));
    all.add(new Probe("latency/mailbox", Needs.TOGETHER, ExchangeProbes::mailbox));
    all.add(new Probe("latency/barrier", Needs.TOGETHER, ExchangeProbes::barrier));
    for (int share : new int[] {1, 12, 64}) {
      all.add(new Probe("latency/all-" + share, Needs.TOGETHER, d -> everybody(d, share)));
    }
    all.add(new Probe("latency/cluster", Needs.CLUSTERS, ExchangeProbes::pingPong));
    all.add(new Probe("latency/cluster-barrier", Needs.CLUSTERS, ExchangeProbes::clusterBarrier));
    return all;
  }

  /** More blocks than fit, each with nearly all shared memory; the first to leave has counted. */
  private static Figure residency(ProbeDevice d, String file, int size) {
    CUfunction kernel = d.kernel(file, size == 1 ? "residency" : "residency_" + size);
    int shared = d.sharedBytes();
    d.allowShared(kernel, shared);
    int blocks = (d.multiprocessors() / size + 2) * size;
    CUdeviceptr arrived = d.filled(1, 0);
    CUdeviceptr least = d.filled(1, NOT_YET);
    try {
      allow(d, kernel, size);
      d.launch(kernel, blocks, 32, shared, arrived, least, STAY);
    } catch (DeviceException e) {
      throw refusedOr(e, size);
    }
    int live = d.read(least, 1)[0];
    Probe.expect("blocks in all", blocks, d.read(arrived, 1)[0]);
    if (live < 1 || live > blocks) {
      throw new IllegalStateException("residents: expected 1 to " + blocks + ", got " + live);
    }
    String note =
        String.format(
            "clusters of %d, %d bytes of shared memory, %d multiprocessors",
            size, shared, d.multiprocessors());
    return new Figure(live, "blocks", note);
  }

  /** With all blocks, then without the last one, which exactly one of the others finds missing. */
  private static Figure handshake(ProbeDevice d) {
    int blocks = blocks(d);
    for (int silent : new int[] {-1, blocks - 1}) {
      CUdeviceptr complete = d.filled(blocks, 0);
      CUdeviceptr ended = d.filled(blocks, 0);
      CUfunction kernel = d.kernel("exchange", "exchange_handshake");
      CUdeviceptr counter = d.filled(1, 0);
      d.launchTogether(
          kernel,
          blocks,
          THREADS,
          0,
          counter,
          d.filled(1, 0),
          complete,
          ended,
          silent,
          silent < 0 ? Probe.LIMIT : Probe.LIMIT / 100);
      int[] answers = new int[blocks];
      Arrays.fill(answers, silent < 0 ? 1 : 0);
      Probe.expect("complete", answers, d.read(complete, blocks));
      Probe.expect("blocks that came", blocks - (silent < 0 ? 0 : 1), d.read(counter, 1)[0]);
      int found = Arrays.stream(d.read(ended, blocks)).sum();
      Probe.expect("blocks that ended it", silent < 0 ? 0 : 1, found);
    }
    return Figure.none();
  }

  /** Launches, checks, and times what comes back to its first state by `reset`. */
  static double time(ProbeDevice d, Runnable reset, Runnable launch, Runnable check) {
    launch.run();
    check.run();
    if (!d.isTimed()) {
      return 0;
    }
    double[] samples = new double[7];
    for (int i = 0; i < samples.length; i++) {
      reset.run();
      samples[i] = d.microseconds(launch);
      check.run();
    }
    Arrays.sort(samples);
    return samples[samples.length / 2];
  }

  private static int rounds(ProbeDevice d) {
    return d.isTimed() ? 2000 : 5;
  }

  private static int blocks(ProbeDevice d) {
    return d.isTimed() ? d.multiprocessors() : 3;
  }

  private static Figure flag(ProbeDevice d) {
    int rounds = rounds(d);
    CUdeviceptr flags = d.filled(64, 0);
    CUdeviceptr data = d.filled(64, 0);
    CUdeviceptr sums = d.filled(2, NOT_YET);
    CUdeviceptr abort = d.filled(1, 0);
    CUfunction kernel = d.kernel("exchange", "exchange_flag");
    int sum = rounds * (rounds + 1) / 2;
    double micros =
        time(
            d,
            () -> d.fill(flags, 64, 0),
            () ->
                d.launchTogether(
                    kernel, blocks(d), 32, 0, flags, data, sums, abort, rounds, Probe.LIMIT),
            () -> Probe.expect("sums", new int[] {sum, sum}, d.read(sums, 2)));
    return new Figure(
        micros / rounds / 2,
        "µs per hop",
        "one word under release and acquire, first to last block");
  }

  private static Figure mailbox(ProbeDevice d) {
    int rounds = rounds(d);
    int threads = 32;
    long words = 2L * rounds * threads * 4;
    CUdeviceptr mail = d.filled(words, NOT_YET);
    CUdeviceptr sums = d.filled(2 * threads, NOT_YET);
    CUdeviceptr abort = d.filled(1, 0);
    CUfunction kernel = d.kernel("exchange", "exchange_mailbox");
    int[] expected = new int[2 * threads];
    Arrays.fill(expected, rounds * (rounds - 1) / 2);
    double micros =
        time(
            d,
            () -> d.fill(mail, words, NOT_YET),
            () ->
                d.launchTogether(
                    kernel, blocks(d), threads, 0, mail, sums, abort, rounds, Probe.LIMIT),
            () -> Probe.expect("sums", expected, d.read(sums, expected.length)));
    return new Figure(
        micros / rounds / 2,
        "µs per hop",
        "512 bytes that are their own flags, first to last block; model: 0.45-0.75 with the load");
  }

  private static Figure barrier(ProbeDevice d) {
    int rounds = rounds(d);
    int blocks = blocks(d);
    CUdeviceptr counter = d.filled(1, 0);
    CUdeviceptr marks = d.filled(2L * blocks, 0);
    CUdeviceptr values = d.filled(blocks, NOT_YET);
    CUdeviceptr abort = d.filled(1, 0);
    CUfunction kernel = d.kernel("exchange", "exchange_barrier");
    int[] expected = new int[blocks];
    Arrays.fill(expected, rounds);
    double micros =
        time(
            d,
            () -> d.fill(counter, 1, 0),
            () ->
                d.launchTogether(
                    kernel, blocks, THREADS, 0, counter, marks, values, abort, rounds, Probe.LIMIT),
            () -> Probe.expect("right rounds", expected, d.read(values, blocks)));
    return new Figure(
        micros / rounds, "µs per barrier", blocks + " blocks, one counter; model: 1.1-1.4");
  }

  /** The exchange of h between all blocks, without arithmetic. */
  private static Figure everybody(ProbeDevice d, int share) {
    int steps = d.isTimed() ? 500 : 4;
    int blocks = blocks(d);
    long words = 4L * steps * blocks * share;
    CUdeviceptr mail = d.filled(words, NOT_YET);
    CUdeviceptr values = d.filled(blocks, NOT_YET);
    CUdeviceptr abort = d.filled(1, 0);
    CUfunction kernel = d.kernel("exchange", "exchange_all");
    int[] expected = new int[blocks];
    Arrays.fill(expected, steps);
    double micros =
        time(
            d,
            () -> d.fill(mail, words, NOT_YET),
            () ->
                d.launchTogether(
                    kernel, blocks, THREADS, 0, mail, values, abort, share, steps, Probe.LIMIT),
            () -> Probe.expect("steps", expected, d.read(values, blocks)));
    return new Figure(
        micros / steps,
        "µs per step",
        String.format("%d blocks publish %d bytes each and read all", blocks, 16 * share));
  }

  private static Figure pingPong(ProbeDevice d) {
    int rounds = rounds(d);
    CUdeviceptr values = d.filled(2, NOT_YET);
    CUfunction kernel = d.kernel("cluster", "cluster_ping_pong");
    double micros =
        time(
            d,
            () -> {},
            () -> d.launch(kernel, 2, 32, 0, values, rounds),
            () -> Probe.expect("rounds", new int[] {rounds, rounds}, d.read(values, 2)));
    return new Figure(micros / rounds / 2, "µs per hop", "16 bytes by st.async in a cluster of 2");
  }

  /** A size that no kernel was compiled for: attributes of the function, which a launch obeys. */
  private static Figure clusterSize(ProbeDevice d, int size) {
    CUfunction kernel = d.kernel("cluster", "cluster_sizes");
    int blocks = 2 * size;
    CUdeviceptr values = d.filled(blocks, NOT_YET);
    try {
      allow(d, kernel, size);
      set(d, kernel, CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH, size);
      set(d, kernel, CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT, 1);
      set(d, kernel, CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH, 1);
      d.launch(kernel, blocks, THREADS, 0, values);
    } catch (DeviceException e) {
      throw refusedOr(e, size);
    }
    int[] expected = new int[blocks];
    for (int block = 0; block < blocks; block++) {
      expected[block] = 100 * size + block % size;
    }
    Probe.expect("size and rank", expected, d.read(values, blocks));
    return Figure.none();
  }

  /** Clusters that are larger than every card's have to be allowed. */
  private static void allow(ProbeDevice d, CUfunction kernel, int size) {
    if (size > CudaProperties.PORTABLE_CLUSTER) {
      set(d, kernel, CUfunction_attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1);
    }
  }

  private static void set(ProbeDevice d, CUfunction kernel, int attribute, int value) {
    d.check(
        JCudaDriver.cuFuncSetAttribute(kernel, attribute, value),
        "cuFuncSetAttribute " + CUfunction_attribute.stringFor(attribute));
  }

  /** Only larger clusters than every card's may be refused. */
  private static RuntimeException refusedOr(DeviceException e, int size) {
    return size <= CudaProperties.PORTABLE_CLUSTER || e.sticky()
        ? e
        : new Probe.Unavailable("no card has to hold such clusters: " + e.getMessage());
  }

  private static Figure clusterBarrier(ProbeDevice d) {
    int rounds = rounds(d);
    CUdeviceptr values = d.filled(8, NOT_YET);
    CUfunction kernel = d.kernel("cluster", "cluster_barriers");
    int[] expected = new int[8];
    Arrays.fill(expected, rounds);
    double micros =
        time(
            d,
            () -> {},
            () -> d.launch(kernel, 8, THREADS, 0, values, rounds),
            () -> Probe.expect("rounds", expected, d.read(values, 8)));
    return new Figure(micros / rounds, "µs per barrier", "a cluster of 8, hardware barrier");
  }
}
