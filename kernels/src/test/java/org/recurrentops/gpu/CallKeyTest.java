package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.RecurrentOps;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.ForwardCall;

/** A recorded call must never be replayed for one that differs from it in anything. */
class CallKeyTest {
  private final RecurrentOps ops = Backends.open(new FakeDevice.Provider(1 << 15));

  @Test
  void everyComponentOfAForwardCallCounts() throws Exception {
    everyComponentCounts(ForwardCall.class, CallKey::of);
  }

  @Test
  void everyComponentOfABackwardCallCounts() throws Exception {
    everyComponentCounts(BackwardCall.class, CallKey::of);
  }

  private <R extends Record> void everyComponentCounts(Class<R> type, Function<R, CallKey> key)
      throws Exception {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(components[i], false);
    }
    CallKey one = key.apply(make(type, values));
    assertEquals(one, key.apply(make(type, values)));
    for (int i = 0; i < values.length; i++) {
      Object before = values[i];
      values[i] = value(components[i], true);
      assertNotEquals(one, key.apply(make(type, values)), components[i].getName());
      if (before instanceof Tensor) {
        values[i] = null;
        assertNotEquals(one, key.apply(make(type, values)), components[i].getName() + " null");
      }
      values[i] = before;
    }
  }

  private Object value(RecordComponent component, boolean other) {
    if (component.getType() == int.class) {
      return other ? 3 : 2;
    }
    return component.getType() == boolean.class ? (Object) other : ops.allocate(2, 3);
  }

  private static <R> R make(Class<R> type, Object[] values) throws Exception {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    return type.getConstructor(types).newInstance(values);
  }
}
