package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Counters;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.gpu.DeviceLimits;
import org.recurrentops.spi.ProbeResult;

class OpenClProbeTest {
  @TempDir Path folder;

  private List<String> probeIn(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    ForkedJvm jvm =
        ForkedJvm.start(folder, environment, List.of(options), ProbeMain.class.getName());
    List<String> lines = jvm.succeed().lines().toList();
    assertEquals("", jvm.errors(), "the probe printed on stderr");
    assertEquals(2, lines.size());
    assertEquals(lines.get(0), lines.get(1), "the second probe differs");
    return lines;
  }

  private void requireHere() {
    ProbeResult here = new OpenClBackend().probe();
    if (!here.isAvailable()) {
      TestDevice.missing(here.reason());
    }
  }

  @Test
  void findsADeviceAndDescribesIt() throws Exception {
    requireHere();
    ProbeResult result = new OpenClBackend().probe();
    DeviceInfo first = result.devices().get(0);
    assertEquals("opencl", first.backend());
    assertTrue(first.id().matches("opencl:\\d+:\\d+"), first.id());
    assertTrue(first.memoryBytes() > 0);
    assertTrue(first.detail().contains("OpenCL "), first.detail());
    assertTrue(first.detail().contains("driver "), first.detail());
    assertTrue(probeIn(Map.of()).get(0).startsWith("devices "));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aLoaderWithoutAPlatformIsAReason() throws Exception {
    requireHere();
    Path none = Files.createDirectory(folder.resolve("vendors"));
    String said = probeIn(Map.of("OCL_ICD_VENDORS", none.toString())).get(0);
    assertTrue(said.contains("unavailable: the OpenCL loader found no device"), said);
    assertTrue(said.contains("pocl-opencl-icd"), said);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aMissingLoaderIsAReason() throws Exception {
    // The dynamic linker takes these files for the loader and refuses them.
    Path broken = Files.createDirectory(folder.resolve("lib"));
    Files.writeString(broken.resolve("libOpenCL.so.1"), "no library");
    Files.writeString(broken.resolve("libOpenCL.so"), "no library");
    ForkedJvm jvm =
        ForkedJvm.start(
            folder,
            Map.of("LD_LIBRARY_PATH", broken.toString()),
            List.of(),
            ProbeMain.class.getName());
    // JOCL prints here from native code, once: it was asked because a file is there.
    String said = jvm.succeed();
    assertEquals(2, said.split("unavailable: no OpenCL loader", -1).length - 1, said);
    assertTrue(said.contains("ocl-icd-libopencl1"), said);
    assertEquals("", jvm.errors());
  }

  @Test
  void joclIsNotAskedWhereNoLoaderIs() throws Exception {
    Path cache = folder.resolve("ld.so.cache");
    Path lib = Files.createDirectories(folder.resolve("lib/x86_64-linux-gnu"));
    assertFalse(LoaderSearch.mayFind(cache, List.of(folder.resolve("none"), folder)));
    Files.writeString(cache, "glibc-ld.so.cache1.1 libm.so.6");
    assertFalse(LoaderSearch.mayFind(cache, List.of()));
    Files.writeString(cache, "glibc-ld.so.cache1.1 libOpenCL.so.1");
    assertTrue(LoaderSearch.mayFind(cache, List.of()));
    Files.createFile(lib.resolve("libOpenCL.so.1"));
    assertTrue(LoaderSearch.mayFind(folder.resolve("none"), List.of(lib.getParent())));
  }

  @Test
  void thePropertyRestrictsTheDevices() throws Exception {
    requireHere();
    String id = new OpenClBackend().probe().devices().get(0).id();
    String p = "-D" + DeviceChoice.PROPERTY + "=";
    assertTrue(probeIn(Map.of(), p + id).get(0).startsWith("devices "));
    String said = probeIn(Map.of(), p + "7:9").get(0);
    assertTrue(said.contains("=7:9 names none of: " + id), said);
  }

  private static ClDevice device(String id, DeviceKind kind, int units, String lacking) {
    DeviceInfo info = new DeviceInfo(id, "opencl", kind, "Name " + id, 1 << 30, "Platform, 1.2");
    return new ClDevice(
        id, null, info, new DeviceLimits(units, 256, 1, false, 1, 64), true, lacking);
  }

  @Test
  void choosesByPreferenceAndByProperty() {
    ClDevice cpu = device("opencl:0:0", DeviceKind.CPU, 64, "");
    ClDevice small = device("opencl:1:0", DeviceKind.GPU, 8, "");
    ClDevice large = device("opencl:1:1", DeviceKind.GPU, 80, "");
    List<ClDevice> all = List.of(cpu, small, large);
    assertEquals(List.of(large, small, cpu), DeviceChoice.usable(all, null));
    assertEquals(List.of(cpu), DeviceChoice.usable(all, "CPU"));
    assertEquals(List.of(small), DeviceChoice.usable(all, "1:0"));
    assertEquals(List.of(large), DeviceChoice.usable(all, "name opencl:1:1"));
  }

  @Test
  void aDeviceThatLacksSomethingSaysWhat() {
    ClDevice old = device("opencl:0:0", DeviceKind.GPU, 8, "expected OpenCL 1.2, got 1.1");
    ProbeResult r = DeviceChoice.result(List.of(old), null);
    assertFalse(r.isAvailable());
    assertTrue(r.reason().contains("expected OpenCL 1.2, got 1.1"), r.reason());
  }

  @Test
  void readsVersions() {
    assertFalse(ClDevice.isAtLeast12("OpenCL 1.1 Mesa 13"));
    assertTrue(ClDevice.isAtLeast12("OpenCL 1.2 CUDA"));
    assertTrue(ClDevice.isAtLeast12("OpenCL 3.0 PoCL HSTR: x"));
    assertFalse(ClDevice.isAtLeast12("OpenGL 4.6"));
  }

  @Test
  void anUnknownIdIsRefusedWithTheListOfDevices() {
    requireHere();
    OpenClBackend backend = new OpenClBackend();
    BackendUnavailableException e =
        assertThrows(
            BackendUnavailableException.class,
            () -> backend.openDevice("opencl:8:8", new Counters()));
    assertTrue(e.getMessage().contains(backend.probe().devices().get(0).id()), e.getMessage());
  }
}
