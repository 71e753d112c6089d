package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.Backends;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

class SettingTest {
  private static final String NAME = "recurrentops.gpu.test";

  /** Not the default, silently, for any strategy that reads it. */
  @ParameterizedTest
  @CsvSource({
    "recurrentops.gpu.roles, togther, 'expected apart, together or turns'",
    "recurrentops.gpu.exchange, barier, expected mailbox or barrier",
    "recurrentops.gpu.compact, sometimes, 'expected auto, always or never'",
    "recurrentops.gpu.launch-steps, many, expected a number from 1 to 50000",
    "recurrentops.gpu.launch-steps, 0, expected a number from 1 to 50000",
  })
  void aMisspeltValueIsAnError(String property, String value, String part) {
    FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
    RecurrentOps ops = Backends.open(provider);
    provider.device.together = true;
    String algorithm = property.endsWith("compact") ? "stepped/first" : "persistent";
    System.setProperty(property, value);
    try {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> forward(ops, algorithm));
      assertEquals("-D" + property + "=" + value + ": " + part, e.getMessage());
    } finally {
      System.clearProperty(property);
    }
  }

  private static void forward(RecurrentOps ops, String algorithm) {
    RnnSpec spec = RnnSpec.lstm(4, 6).build();
    RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(5, 3).algorithm(algorithm));
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    plan.forward(ForwardArgs.of(params, ops.allocate(5, 3, 4), ops.allocate(5, 3, 6)));
  }

  @Test
  void spacesAndCapitalsDoNotMatter() {
    System.setProperty(NAME, " Two ");
    assertEquals("two", Setting.of(NAME, "one", "two"));
    System.setProperty(NAME, "");
    assertEquals("one", Setting.of(NAME, "one", "two"));
    System.clearProperty(NAME);
    assertEquals(7, Setting.upTo(NAME, 7));
  }
}
