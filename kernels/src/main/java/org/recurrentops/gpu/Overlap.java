package org.recurrentops.gpu;

/**
 * What a device offers for work that does not depend on each other.
 *
 * @param queues whether several queues run at the same time
 * @param chunk steps of a chunk where layers overlap; {@link #MODEL} or {@link #NEVER}
 */
record Overlap(boolean queues, int chunk) {
  /** {@link WaveModel} decides. */
  static final int MODEL = 0;

  /** Layers run one after the other. */
  static final int NEVER = -1;

  /** Everything on one queue. */
  static final Overlap NONE = new Overlap(false, NEVER);

  static Overlap of(Device device) {
    return new Overlap(device.overlaps(), device.waveChunk());
  }
}
