package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocl.LibUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.gpu.NativeLibraryFile;

class NativeLibraryTest {
  @TempDir Path folder;

  private byte[] packaged() throws Exception {
    try (InputStream in = LibUtils.class.getResourceAsStream("/lib/" + ClLibrary.fileName())) {
      assertNotNull(in, "JOCL's jar has no /lib/" + ClLibrary.fileName());
      return in.readAllBytes();
    }
  }

  private NativeLibraryFile.State place() throws Exception {
    String name = ClLibrary.fileName();
    return NativeLibraryFile.place("/lib/" + name, LibUtils.class, folder, name);
  }

  private void requireOnlyTheLibrary() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of(ClLibrary.fileName()), files.map(p -> p.getFileName().toString()).toList());
    }
  }

  @Test
  void writesTheLibraryAndKeepsItWhenItIsRight() throws Exception {
    assertEquals(NativeLibraryFile.State.READY, place());
    Path file = folder.resolve(ClLibrary.fileName());
    assertArrayEquals(packaged(), Files.readAllBytes(file));
    Object inode = Files.readAttributes(file, "*").get("fileKey");
    assertEquals(NativeLibraryFile.State.READY, place());
    assertEquals(inode, Files.readAttributes(file, "*").get("fileKey"), "written again");
    requireOnlyTheLibrary();
  }

  @Test
  void replacesAHalfWrittenFileOfThisUser() throws Exception {
    Path file = folder.resolve(ClLibrary.fileName());
    Files.write(file, new byte[] {1, 2, 3});
    assertEquals(NativeLibraryFile.State.READY, place());
    assertArrayEquals(packaged(), Files.readAllBytes(file));
    requireOnlyTheLibrary();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void doesNotTrustALink() throws Exception {
    Path elsewhere = Files.write(folder.resolve("elsewhere"), packaged());
    Files.createSymbolicLink(folder.resolve(ClLibrary.fileName()), elsewhere);
    assertEquals(NativeLibraryFile.State.FOREIGN, place());
  }

  @Test
  void saysWhenTheJarHasNoLibrary() throws Exception {
    assertEquals(
        NativeLibraryFile.State.NOT_PACKAGED,
        NativeLibraryFile.place("/lib/none", LibUtils.class, folder, "none"));
  }

  @Test
  void eightJvmsStartAtOnce() throws Exception {
    startTogether(8);
  }

  /** A planted link must be passed by, not followed: JOCL then loads a file of its own. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aPlantedLibraryIsNotLoaded() throws Exception {
    Path bad = Files.writeString(folder.resolve("bad"), "planted");
    Files.createSymbolicLink(folder.resolve(ClLibrary.fileName()), bad);
    startTogether(1);
    assertEquals("planted", Files.readString(bad));
  }

  private void startTogether(int count) throws Exception {
    List<ForkedJvm> jvms = new ArrayList<>();
    List<String> options = List.of("-Djava.io.tmpdir=" + folder, "-Xshare:auto", "-Xmx64m");
    Path output = Files.createDirectory(folder.resolve("output"));
    for (int i = 0; i < count; i++) {
      jvms.add(ForkedJvm.start(output, Map.of(), options, ProbeMain.class.getName()));
    }
    String first = null;
    for (ForkedJvm jvm : jvms) {
      String said = jvm.succeed();
      first = first == null ? said : first;
      assertEquals(first, said);
    }
    assertTrue(!first.contains("JOCL's native library"), first);
    assertEquals(new OpenClBackend().probe().isAvailable(), first.startsWith("devices "), first);
  }
}
