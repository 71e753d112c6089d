package org.recurrentops.gpu;

/**
 * Layers beside each other, each on a lane of its own and in chunks: a chunk runs after the one
 * before it on its lane, and after the same chunk of the lane before. Enqueued along the diagonals,
 * so that every lane has work early.
 */
final class Wave implements Work {
  private final WorkList[][] lists;
  private final DeviceQueue[] queues;
  private final Marker[] done;

  /**
   * Of lanes 0, which is the caller's queue, to {@code layers − 1}.
   *
   * @param layers at least 2
   * @param chunks of each layer
   */
  Wave(Lanes lanes, int layers, int chunks) {
    lists = new WorkList[layers][chunks];
    queues = new DeviceQueue[layers];
    done = new Marker[layers];
    for (int lane = 0; lane < layers; lane++) {
      queues[lane] = lanes.queue(lane);
      done[lane] = lanes.device().newMarker();
      for (int chunk = 0; chunk < chunks; chunk++) {
        lists[lane][chunk] = new WorkList(lanes, lane);
      }
    }
  }

  /** The lists of a lane. */
  WorkList[] lists(int lane) {
    return lists[lane];
  }

  @Override
  public void enqueue(DeviceQueue queue, boolean ragged) {
    queues[0] = queue;
    int chunks = lists[0].length;
    for (int wave = 0; wave < chunks + queues.length - 1; wave++) {
      // The last lane first: it waits for where the marker of the lane before was put last time.
      for (int lane = queues.length - 1; lane >= 0; lane--) {
        int chunk = wave - lane;
        if (chunk >= 0 && chunk < chunks) {
          chunk(lane, chunk, ragged);
        }
      }
    }
    for (int lane = 1; lane < queues.length; lane++) {
      done[lane].await(queue);
    }
  }

  private void chunk(int lane, int chunk, boolean ragged) {
    if (lane > 0) {
      done[lane - 1].await(queues[lane]);
    }
    lists[lane][chunk].enqueue(queues[lane], ragged);
    done[lane].set(queues[lane]);
  }

  @Override
  public void close() {
    for (int lane = 0; lane < lists.length; lane++) {
      done[lane].close();
      for (WorkList list : lists[lane]) {
        list.close();
      }
    }
  }
}
