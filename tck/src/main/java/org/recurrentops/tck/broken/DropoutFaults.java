package org.recurrentops.tck.broken;

/** Faults of the random counters. */
final class DropoutFaults {
  private DropoutFaults() {}

  /** Backward draws other masks than forward did. */
  static Tampering otherMaskInBackward() {
    return new Tampering() {
      @Override
      void before(Run run) {
        if (run.backward() != null) {
          run.state().random(run.state().seed() + 1, run.state().stepOffset());
        }
      }
    };
  }

  static Tampering seedIgnored() {
    return new Tampering() {
      @Override
      void before(Run run) {
        run.state().random(0, run.state().stepOffset());
      }
    };
  }

  static Tampering stepOffsetIgnored() {
    return new Tampering() {
      @Override
      void before(Run run) {
        run.state().random(run.state().seed(), 0);
      }
    };
  }
}
