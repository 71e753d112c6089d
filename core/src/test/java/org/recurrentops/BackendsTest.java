package org.recurrentops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.spi.Backend;

class BackendsTest {
  private static final FakeBackend CPU = FakeBackend.of("cpu", DeviceKind.CPU);
  private static final FakeBackend OPENCL_GPU = FakeBackend.of("opencl", DeviceKind.GPU);
  private static final FakeBackend OPENCL_CPU = FakeBackend.of("opencl", DeviceKind.CPU);
  private static final FakeBackend CUDA = FakeBackend.of("cuda", DeviceKind.GPU);
  private static final FakeBackend CUDA_SOFTWARE = FakeBackend.of("cuda", DeviceKind.SOFTWARE);
  private static final FakeBackend NO_CUDA =
      FakeBackend.unavailable("cuda", "libcuda.so.1 not loadable; install an NVIDIA driver");

  private static String open(String name, Backend... providers) {
    try (RecurrentOps ops = Backends.open(List.of(providers).iterator(), name, "requested here")) {
      return ops.device().id() + " " + ops.device().kind();
    }
  }

  @Test
  void autoPrefersCudaThenOpenclGpuThenCpuThenOpenclCpu() {
    assertEquals("cuda:0 GPU", open("auto", CPU, OPENCL_GPU, CUDA));
    assertEquals("opencl:0 GPU", open("auto", CPU, OPENCL_GPU, NO_CUDA));
    assertEquals("cpu:0 CPU", open("auto", OPENCL_CPU, CPU, NO_CUDA));
    assertEquals("opencl:0 CPU", open("auto", OPENCL_CPU));
  }

  @Test
  void autoNeverTakesASoftwareDevice() {
    assertEquals("cpu:0 CPU", open("auto", CUDA_SOFTWARE, CPU));
    assertThrows(BackendUnavailableException.class, () -> open("auto", CUDA_SOFTWARE));
    assertEquals("cuda:0 SOFTWARE", open("cuda", CUDA_SOFTWARE, CPU));
  }

  @Test
  void aNamedDeviceIsOpened() {
    assertEquals("opencl:1 GPU", open("opencl:1", CPU, OPENCL_GPU, CUDA));
  }

  @ParameterizedTest
  @CsvSource({
    "cuda,   libcuda.so.1 not loadable",
    "cpu:7,  'no such device; it has [cpu:0, cpu:1]'",
    "vulkan, no such backend"
  })
  void aNamedDeviceThatIsMissingIsAnErrorAndNeverReplaced(String name, String reason) {
    String message =
        assertThrows(BackendUnavailableException.class, () -> open(name, NO_CUDA, CPU))
            .getMessage();
    assertTrue(message.startsWith("backend '" + name + "' requested here but unavailable: "));
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains("Available: cpu (fake 0 and 1 more)"), message);
  }

  @Test
  void aThrowingProbeIsAnUnavailableBackend() {
    Backend broken =
        new Backend() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public org.recurrentops.spi.ProbeResult probe() {
            throw new UnsatisfiedLinkError("libbroken.so");
          }

          @Override
          public org.recurrentops.spi.BackendDevice open(String id, Counters counters) {
            throw new AssertionError("opened an unavailable backend");
          }
        };
    assertEquals("cpu:0 CPU", open("auto", broken, CPU));
    String message =
        assertThrows(BackendUnavailableException.class, () -> open("broken", broken)).getMessage();
    assertTrue(message.contains("libbroken.so"), message);
  }

  @Test
  void aNamedBackendIsTheOnlyOneThatIsProbed() {
    int before = CUDA.probes;
    assertEquals("cpu:0 CPU", open("cpu", CUDA, CPU));
    assertEquals(before, CUDA.probes, "cuda was asked though cpu was named");
    assertThrows(BackendUnavailableException.class, () -> open("cpu:7", CUDA, CPU));
    assertEquals(before + 1, CUDA.probes, "the message names what there is");
  }

  @Test
  void withoutAnyBackendTheMessageSaysWhatToAdd() {
    String message =
        assertThrows(BackendUnavailableException.class, () -> open("auto", NO_CUDA)).getMessage();
    assertTrue(message.contains("recurrentops-cpu-fallback"), message);
    assertTrue(message.contains("libcuda.so.1 not loadable"), message);
  }
}
