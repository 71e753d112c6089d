package org.recurrentops.bench.peers;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;

/**
 * Settings of OpenMP and OpenBLAS, which have to be in the environment when these are loaded, where
 * Java cannot put them by itself.
 */
final class PassiveThreads {
  private PassiveThreads() {}

  /**
   * The best setting for layers of many small products: idle threads spin otherwise, and take the
   * processors from those that work.
   */
  static void waitPassively() {
    set("OMP_WAIT_POLICY", "PASSIVE");
  }

  static void set(String name, String value) {
    Function setenv = NativeLibrary.getInstance("c").getFunction("setenv");
    setenv.invokeInt(new Object[] {name, value, 1});
  }
}
