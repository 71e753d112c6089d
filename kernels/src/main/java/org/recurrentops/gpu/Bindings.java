package org.recurrentops.gpu;

import java.util.HashMap;
import java.util.Map;

/**
 * Values of kernel parameters by name. A kernel's argument block is filled from it, so that no time
 * loop knows what a cell's kernels take.
 */
final class Bindings {
  private final Map<String, Object> values = new HashMap<>();

  Bindings() {}

  Bindings(Bindings other) {
    values.putAll(other.values);
  }

  Bindings put(String name, Address address) {
    values.put(name, address);
    return this;
  }

  Bindings put(String name, int value) {
    values.put(name, value);
    return this;
  }

  Bindings put(String name, long value) {
    values.put(name, value);
    return this;
  }

  Bindings put(String name, float value) {
    values.put(name, value);
    return this;
  }

  Bindings put(String name, double value) {
    values.put(name, value);
    return this;
  }

  Bindings put(String name, boolean value) {
    return put(name, value ? 1 : 0);
  }

  Address address(String name) {
    return (Address) need(name, "a buffer");
  }

  Object value(String name) {
    return need(name, "a step");
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  private Object need(String name, String who) {
    Object v = values.get(name);
    if (v == null) {
      throw new IllegalStateException(who + ": no value for parameter '" + name + "'");
    }
    return v;
  }

  /**
   * A block of the kernel with every parameter set, except those named, which change per launch.
   */
  LaunchArguments arguments(Device device, KernelId kernel, String... later) {
    LaunchArguments a = device.prepare(kernel);
    try {
      fill(a, java.util.Set.of(later));
      return a;
    } catch (RuntimeException e) {
      a.close();
      throw e;
    }
  }

  private void fill(LaunchArguments a, java.util.Set<String> later) {
    KernelId kernel = a.kernel();
    for (int i = 0; i < kernel.parameters().size(); i++) {
      KernelId.Parameter p = kernel.parameters().get(i);
      if (later.contains(p.name())) {
        continue;
      }
      Object v = need(p.name(), kernel.entry());
      if (p.type().isBuffer()) {
        Address at = (Address) v;
        a.set(i, at.buffer(), at.offset(), at.numbers());
      } else if (p.type() == KernelId.Type.INT) {
        a.setInt(i, (Integer) v);
      } else if (p.type() == KernelId.Type.LONG) {
        a.setLong(i, ((Number) v).longValue());
      } else {
        a.setReal(i, ((Number) v).doubleValue());
      }
    }
  }
}
