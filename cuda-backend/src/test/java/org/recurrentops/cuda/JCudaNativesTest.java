package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jcuda.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JCuda's native libraries in the temporary folder, where JCuda takes whatever it finds. */
class JCudaNativesTest {
  private static final String DRIVER = "libJCudaDriver-12.6.0-linux-x86_64.so";

  @TempDir Path folder;
  @TempDir Path output;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  @Test
  void eightJvmsStartAtOnceInAnEmptyFolder() throws Exception {
    for (String said : startTogether(8)) {
      assertTrue(said.contains("SOFTWARE software CUDA (test)"), said);
      assertTrue(said.contains("gemm [cublas, tiled]"), said);
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> left = files.map(f -> f.getFileName().toString()).sorted().toList();
      assertTrue(left.contains(DRIVER), left::toString);
      assertTrue(left.stream().noneMatch(f -> f.endsWith(".tmp")), left::toString);
    }
    assertTrue(Arrays.equals(packaged(), Files.readAllBytes(folder.resolve(DRIVER))));
  }

  /** As a JVM that was killed leaves it, or one that writes in place. */
  @Test
  void aFileWithAnotherContentIsNotLoaded() throws Exception {
    byte[] all = packaged();
    Files.write(folder.resolve(DRIVER), Arrays.copyOf(all, all.length / 2));
    assertTrue(startTogether(1).get(0).contains("SOFTWARE software CUDA (test)"));
    assertTrue(Arrays.equals(all, Files.readAllBytes(folder.resolve(DRIVER))));
  }

  /** Even if it holds what it should now: its owner may change it. */
  @Test
  void aFileOfAnotherOwnerIsRefused() throws Exception {
    Path theirs = Files.write(folder.resolve("theirs"), packaged());
    Path planted = Files.createSymbolicLink(folder.resolve(DRIVER), theirs);
    requireRefused(planted);
    if (System.getProperty("user.name").equals("root")) { // only root can give files away
      Files.delete(planted);
      Files.write(planted, packaged());
      giveAway(planted);
      requireRefused(planted);
    }
  }

  private static void giveAway(Path file) throws Exception {
    try {
      Files.setAttribute(file, "unix:uid", 65534);
    } catch (FileSystemException e) {
      throw new AssertionError("root cannot give " + file + " away", e);
    }
  }

  private void requireRefused(Path planted) throws Exception {
    String said = startTogether(1).get(0);
    assertTrue(said.contains(planted + " belongs to another user or is no plain file"), said);
    assertTrue(!said.contains("SOFTWARE"), said);
  }

  private static byte[] packaged() throws Exception {
    try (InputStream in = Pointer.class.getResourceAsStream("/lib/" + DRIVER)) {
      return in.readAllBytes();
    }
  }

  /** Without the folder that the other tests name by java.library.path. */
  private List<String> startTogether(int count) throws Exception {
    List<String> options = List.of("-Djava.io.tmpdir=" + folder, "-Djava.library.path=", "-Xmx64m");
    Path libraries = SoftwareCuda.folder();
    Map<String, String> environment =
        Map.of(
            "LD_LIBRARY_PATH",
            libraries.toString(),
            "SOFTWARE_CUDA_KERNELS",
            libraries.resolve("libkernels.so").toString());
    List<ForkedJvm> jvms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jvms.add(ForkedJvm.start(output, environment, options, ProbeMain.class.getName()));
    }
    List<String> said = new ArrayList<>();
    for (ForkedJvm jvm : jvms) {
      said.add(jvm.succeed());
    }
    assertEquals(count, said.size());
    return said;
  }
}
