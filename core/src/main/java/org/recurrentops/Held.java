package org.recurrentops;

/** Keeps the memory of a call's tensors from being freed while the host call runs. */
final class Held {
  private Held() {}

  /** Holds all of them, or none and returns the closed one; nulls are skipped. No allocation. */
  static Tensor hold(Tensor[] tensors) {
    for (int i = 0; i < tensors.length; i++) {
      if (tensors[i] != null && !tensors[i].tryHold()) {
        letGo(tensors, i);
        return tensors[i];
      }
    }
    return null;
  }

  static void letGo(Tensor[] tensors) {
    letGo(tensors, tensors.length);
  }

  private static void letGo(Tensor[] tensors, int count) {
    for (int i = 0; i < count; i++) {
      if (tensors[i] != null) {
        tensors[i].letGo();
      }
    }
  }
}
