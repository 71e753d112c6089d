package org.recurrentops.gpu;

/**
 * Starts a list on another lane after what its parent has enqueued so far. Where the lane has no
 * queue of its own, the list runs right here.
 */
final class Fork implements Work {
  private final WorkList side;
  private final DeviceQueue lane;
  private final Marker begin;
  private final Marker end;

  Fork(Device device, WorkList side, DeviceQueue lane) {
    this.side = side;
    this.lane = lane;
    this.begin = lane == null ? null : device.newMarker();
    this.end = lane == null ? null : device.newMarker();
  }

  @Override
  public void enqueue(DeviceQueue queue, boolean ragged) {
    if (lane == null) {
      side.enqueue(queue, ragged);
      return;
    }
    begin.set(queue);
    begin.await(lane);
    side.enqueue(lane, ragged);
    end.set(lane);
  }

  /** Makes what follows in the parent wait for the end of the list. */
  Work join() {
    return new Work() {
      @Override
      public void enqueue(DeviceQueue queue, boolean ragged) {
        if (lane != null) {
          end.await(queue);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    side.close();
    if (lane != null) {
      begin.close();
      end.close();
    }
  }
}
