package org.recurrentops.gpu;

/**
 * What a device offers for work that does not depend on each other.
 *
 * @param queues whether several queues run at the same time
 * @param chunk steps of a chunk where layers overlap; {@link #MODEL} or {@link #NEVER}
 * @param roles loops that may share a launch
 */
record Overlap(boolean queues, int chunk, Roles roles) {
  /** {@link WaveModel} decides. */
  static final int MODEL = 0;

  /** Layers run one after the other. */
  static final int NEVER = -1;

  /** Everything on one queue. */
  static final Overlap NONE = new Overlap(false, NEVER);

  Overlap(boolean queues, int chunk) {
    this(queues, chunk, Roles.APART);
  }

  /** Everything on one queue, some loops in one launch. */
  static Overlap inOneLaunch(Roles roles) {
    return new Overlap(false, NEVER, roles);
  }

  /** What a device offers to loops that have launches of their own, and why they have. */
  static Overlap of(Device device, Roles apart) {
    return new Overlap(device.overlaps(), device.waveChunk(), apart);
  }
}
