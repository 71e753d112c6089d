package org.recurrentops.tck.cases;

import java.util.LinkedHashMap;
import java.util.Map;

/** All outputs of a call at one moment, by name, to compare two runs bit by bit. */
record Results(Map<String, float[]> values) {
  static Results of(DeviceCall call) {
    Map<String, float[]> all = new LinkedHashMap<>();
    put(all, "y", call.y);
    put(all, "hN", call.hN);
    put(all, "cN", call.cN);
    put(all, "dx", call.dx);
    put(all, "dParams", call.dParams);
    put(all, "dh0", call.dh0);
    put(all, "dc0", call.dc0);
    if (call.sequences != null) {
      put(all, "cSequence", call.sequences.cSequence);
      put(all, "dhSequence", call.sequences.dhSequence);
    }
    return new Results(all);
  }

  private static void put(Map<String, float[]> all, String name, GuardedTensor t) {
    if (t != null) {
      all.put(name, t.get());
    }
  }

  void checkSame(String what, Results other, String where) {
    values.forEach(
        (name, mine) -> Expect.sameBits(what + ": " + name, mine, other.values.get(name), where));
  }
}
