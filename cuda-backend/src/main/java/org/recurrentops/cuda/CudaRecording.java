package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What a recording has met so far beside the driver's graph: launches to count, memory, queues. */
final class CudaRecording {
  private final Map<AtomicLong, Long> launches = new IdentityHashMap<>();
  private final Map<CudaBuffer, Boolean> buffers = new IdentityHashMap<>();
  private final List<CudaQueue> queues = new ArrayList<>();

  void count(AtomicLong counter) {
    launches.merge(counter, 1L, Long::sum);
  }

  void uses(CudaBuffer buffer) {
    buffers.put(buffer, Boolean.TRUE);
  }

  /** A queue is recorded from now on. */
  void joined(CudaQueue queue) {
    queues.add(queue);
  }

  /** All queues run again what is enqueued on them. */
  void end() {
    queues.forEach(q -> q.record(null));
  }

  CudaBuffer[] buffers() {
    return buffers.keySet().toArray(new CudaBuffer[0]);
  }

  AtomicLong[] counters() {
    return launches.keySet().toArray(new AtomicLong[0]);
  }

  /** How often each of some counters was counted. */
  long[] counts(AtomicLong[] counters) {
    long[] counts = new long[counters.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = launches.get(counters[i]);
    }
    return counts;
  }
}
