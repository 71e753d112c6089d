package org.recurrentops.tck.broken;

import java.util.function.Consumer;

/** Faults of masks. */
final class MaskFaults {
  private MaskFaults() {}

  /** Edits masks [T,N] of the host and of the device alike. */
  private static Tampering masks(boolean forwardToo, Edit edit) {
    return new Tampering() {
      @Override
      void before(Run run) {
        boolean applies = forwardToo || run.backward() != null;
        if (applies && run.state().mask() != null) {
          byte[] mask = run.state().mask().clone();
          edit.accept(mask, run.batch());
          run.state().mask(mask);
        }
        if (applies && run.forward() != null) {
          Consumer<byte[]> change = mask -> edit.accept(mask, run.batch());
          run.edits().lendBytes(run.forward().deviceMask(), change);
        }
      }
    };
  }

  private interface Edit {
    void accept(byte[] mask, int batch);
  }

  static Tampering ignored() {
    return masks(true, (mask, batch) -> java.util.Arrays.fill(mask, (byte) 1));
  }

  static Tampering ignoredInBackward() {
    return masks(false, (mask, batch) -> java.util.Arrays.fill(mask, (byte) 1));
  }

  static Tampering wrongRow() {
    return masks(
        true,
        (mask, batch) -> {
          byte[] right = mask.clone();
          for (int i = 0; i < mask.length; i++) {
            mask[i] = right[i - i % batch + (i + 1) % batch];
          }
        });
  }

  static Tampering asLengths() {
    return masks(
        true,
        (mask, batch) -> {
          for (int n = 0; n < batch; n++) {
            int length = 0;
            for (int i = n; i < mask.length; i += batch) {
              length += mask[i] != 0 ? 1 : 0;
            }
            for (int i = n; i < mask.length; i += batch) {
              mask[i] = (byte) (length-- > 0 ? 1 : 0);
            }
          }
        });
  }
}
