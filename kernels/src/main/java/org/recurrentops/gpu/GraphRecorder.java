package org.recurrentops.gpu;

/** Records work that is enqueued on a queue of its own, instead of running it. */
public interface GraphRecorder {
  /**
   * The queue to enqueue on while recording.
   *
   * @return the same queue always
   */
  DeviceQueue queue();

  /**
   * Records. Queues that wait for a point of {@link #queue()} and are waited for by it in the end
   * are recorded, too; what runs side by side in them does so in the graph.
   *
   * @param work enqueues on the queue; allocates, copies and waits for nothing
   * @return the graph, which the caller closes
   * @throws org.recurrentops.DeviceException if the driver refuses to record; the queue is as
   *     before then
   */
  DeviceGraph record(Runnable work);

  /** Releases the queue. Called once. */
  void close();
}
