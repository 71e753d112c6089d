package org.recurrentops.gpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The recorded calls of a plan. A closed bound call leaves its graphs here, and the next one of the
 * same key takes them, so that a training loop that binds anew for each run replays all the same.
 * The least recently used ones beyond a limit are released.
 */
final class GraphCalls {
  /** Calls kept for a later one: a few sequence lengths, forward and backward. */
  static final int MOST_KEPT = 16;

  private final Device device;
  private final GraphRecorder recorder;
  private final Map<CallKey, GraphCall> kept = new LinkedHashMap<>();
  private String refusal = "";

  GraphCalls(Device device) {
    this.device = device;
    this.recorder = device.newRecorder();
  }

  DeviceQueue queue() {
    return recorder.queue();
  }

  /** Takes a call that was left, or builds one. */
  synchronized GraphCall take(CallKey key, long launches, Supplier<WorkList> builder) {
    GraphCall left = kept.remove(key);
    return left != null ? left : new GraphCall(device, recorder, builder.get(), launches);
  }

  /** Leaves a call for the next one of its key. */
  synchronized void leave(CallKey key, GraphCall call) {
    refusal = call.refusal().isEmpty() ? refusal : call.refusal();
    GraphCall twin = kept.put(key, call);
    if (twin != null) {
      twin.close(); // the same call was bound twice at a time
    }
    if (kept.size() > MOST_KEPT) {
      CallKey oldest = kept.keySet().iterator().next();
      kept.remove(oldest).close();
    }
  }

  synchronized String describe() {
    String when =
        device.recording() == Recording.ALWAYS
            ? "each call is recorded as a graph"
            : "a call is recorded as a graph when it runs for the second time with the same"
                + " tensors";
    return when + (refusal.isEmpty() ? "" : "; one was refused: " + refusal);
  }

  synchronized void close() {
    kept.values().forEach(GraphCall::close);
    kept.clear();
  }

  void closeRecorder() {
    recorder.close();
  }
}
