package org.recurrentops.gpu;

import java.util.concurrent.atomic.AtomicLong;
import org.recurrentops.DeviceException;
import org.recurrentops.spi.RunState;

/**
 * The work of one bound call, recorded once and replayed: one graph for runs with lengths and one
 * for runs without. What differs from run to run is brought into device memory before the replay;
 * everything else, the caller's addresses too, is part of the graph.
 */
final class GraphCall {
  /** Launches beyond which a graph takes more memory and time to make than its replays save. */
  static final long MOST_LAUNCHES = 1 << 16;

  private static final System.Logger LOG = System.getLogger(GraphCall.class.getName());

  private final WorkList list;
  private final GraphRecorder recorder;
  private final boolean always;
  private final AtomicLong recordings;
  private final AtomicLong replays;
  private final DeviceGraph[] graphs = new DeviceGraph[2];
  private final boolean[] ran = new boolean[2];
  private String refusal = "";

  /**
   * Records nothing yet.
   *
   * @param launches about as many as the call has
   */
  GraphCall(Device device, GraphRecorder recorder, WorkList list, long launches) {
    if (launches > MOST_LAUNCHES) {
      refusal = launches + " launches, expected at most " + MOST_LAUNCHES + "; split the sequence";
    }
    this.list = list;
    this.recorder = recorder;
    this.always = device.recording() == Recording.ALWAYS;
    this.recordings = device.counters().launches("graph_recordings");
    this.replays = device.counters().launches("graph_replays");
  }

  void run(DeviceQueue queue, RunState state) {
    list.bring(queue, state);
    boolean ragged = state.mayPad();
    DeviceGraph graph = queue.isRecorded() ? null : graph(ragged);
    if (graph == null) {
      list.enqueue(queue, ragged); // also into a graph that the owner of the queue records
    } else {
      graph.launch(queue);
      replays.incrementAndGet();
    }
  }

  /** The graph of such runs; null if this one is not to be a replay. */
  private DeviceGraph graph(boolean ragged) {
    int kind = ragged ? 1 : 0;
    if (graphs[kind] == null && refusal.isEmpty() && (always || ran[kind])) {
      graphs[kind] = record(ragged);
    }
    ran[kind] = true;
    return graphs[kind];
  }

  private DeviceGraph record(boolean ragged) {
    try {
      DeviceGraph graph = recorder.record(() -> list.enqueue(recorder.queue(), ragged));
      recordings.incrementAndGet();
      return graph;
    } catch (DeviceException e) {
      if (always || e.sticky()) {
        throw e;
      }
      refusal = e.getMessage();
      LOG.log(System.Logger.Level.WARNING, "not recorded, runs step by step: {0}", refusal);
      return null;
    }
  }

  /** Why it is not replayed; empty if it is, or may be yet. */
  String refusal() {
    return refusal;
  }

  void close() {
    for (DeviceGraph graph : graphs) {
      if (graph != null) {
        graph.close();
      }
    }
    list.close();
  }
}
