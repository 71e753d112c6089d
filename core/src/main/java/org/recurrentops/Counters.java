package org.recurrentops;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an opened device has done so far. Read it to prove that a loop neither allocates nor copies,
 * and which algorithm ran. Backends add launches, synchronisations and copies of their own.
 */
public final class Counters {
  private final Map<String, AtomicLong> launches = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> nanoseconds = new ConcurrentHashMap<>();
  private final AtomicLong uploads = new AtomicLong();
  private final AtomicLong uploadedBytes = new AtomicLong();
  private final AtomicLong downloads = new AtomicLong();
  private final AtomicLong downloadedBytes = new AtomicLong();
  private final AtomicLong synchronisations = new AtomicLong();
  private final AtomicLong allocations = new AtomicLong();
  private final AtomicLong liveAllocations = new AtomicLong();
  private final AtomicLong liveBytes = new AtomicLong();

  /** All zero. */
  public Counters() {}

  /**
   * The counter of one kernel or algorithm; a backend looks it up once and increments it per
   * launch. A run of algorithm A counts as {@code A.forward} or {@code A.backward}.
   *
   * @param name kernel name
   * @return the live counter
   */
  public AtomicLong launches(String name) {
    return launches.computeIfAbsent(name, k -> new AtomicLong());
  }

  /**
   * Time of one phase of an algorithm that times its phases; a backend looks it up once and adds to
   * it.
   *
   * @param name algorithm, pass and phase, with full stops between them
   * @return the live sum
   */
  public AtomicLong nanoseconds(String name) {
    return nanoseconds.computeIfAbsent(name, k -> new AtomicLong());
  }

  /**
   * Counts a copy from host to device.
   *
   * @param bytes its size
   */
  public void countUpload(long bytes) {
    uploads.incrementAndGet();
    uploadedBytes.addAndGet(bytes);
  }

  /**
   * Counts a copy from device to host.
   *
   * @param bytes its size
   */
  public void countDownload(long bytes) {
    downloads.incrementAndGet();
    downloadedBytes.addAndGet(bytes);
  }

  /** Counts a wait of the host for the device. */
  public void countSynchronisation() {
    synchronisations.incrementAndGet();
  }

  void countAllocation(long bytes) {
    allocations.incrementAndGet();
    liveAllocations.incrementAndGet();
    liveBytes.addAndGet(bytes);
  }

  void countFree(long bytes) {
    liveAllocations.decrementAndGet();
    liveBytes.addAndGet(-bytes);
  }

  /**
   * Values at this moment.
   *
   * @return an immutable copy
   */
  public Snapshot snapshot() {
    return new Snapshot(
        values(launches),
        values(nanoseconds),
        uploads.get(),
        uploadedBytes.get(),
        downloads.get(),
        downloadedBytes.get(),
        synchronisations.get(),
        allocations.get(),
        liveAllocations.get(),
        liveBytes.get());
  }

  private static Map<String, Long> values(Map<String, AtomicLong> live) {
    Map<String, Long> values = new TreeMap<>();
    live.forEach((k, v) -> values.put(k, v.get()));
    return Map.copyOf(values);
  }

  /**
   * Values at one moment.
   *
   * @param launches launches per kernel or algorithm
   * @param nanoseconds time per phase, of algorithms that time their phases
   * @param uploads copies from host to device
   * @param uploadedBytes their bytes
   * @param downloads copies from device to host
   * @param downloadedBytes their bytes
   * @param synchronisations waits of the host
   * @param allocations device allocations ever made
   * @param liveAllocations allocations not freed yet
   * @param liveBytes their bytes
   */
  public record Snapshot(
      Map<String, Long> launches,
      Map<String, Long> nanoseconds,
      long uploads,
      long uploadedBytes,
      long downloads,
      long downloadedBytes,
      long synchronisations,
      long allocations,
      long liveAllocations,
      long liveBytes) {

    /**
     * Launches of one kernel or algorithm.
     *
     * @param name its name
     * @return how often it ran, 0 if never
     */
    public long launchesOf(String name) {
      return launches.getOrDefault(name, 0L);
    }
  }
}
