package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The texts of the kernels agree with each other and with the ids that the host program uses. */
class KernelSourceTest {
  private static List<KernelId> both() {
    List<KernelId> all = new ArrayList<>(Kernels.all());
    all.addAll(GemmKernels.shared());
    return all;
  }

  private static Set<String> files() {
    return both().stream().map(KernelId::file).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  @Test
  void everyKernelIsDeclaredAlikeInBothLanguages() {
    for (KernelId k : both()) {
      List<String> expected = KernelText.expected(k);
      assertEquals(
          expected,
          KernelText.opencl(KernelSource.read("opencl/" + k.file() + ".cl")).get(k.entry()),
          k.file() + ".cl " + k.entry());
      assertEquals(
          expected,
          KernelText.cuda(KernelSource.read("cuda/" + k.file() + ".cu")).get(k.entry()),
          k.file() + ".cu " + k.entry());
    }
    List<KernelId> cudaOnly = new ArrayList<>(GemmKernels.cudaOnly());
    cudaOnly.addAll(PersistentKernels.all());
    cudaOnly.addAll(ClusterKernels.all());
    for (KernelId k : cudaOnly) {
      assertEquals(
          KernelText.expected(k),
          KernelText.cuda(KernelSource.read("cuda/" + k.file() + ".cu")).get(k.entry()),
          k.file() + ".cu " + k.entry());
    }
    for (KernelId k : GemmKernels.openclOnly()) {
      assertEquals(
          KernelText.expected(k),
          KernelText.opencl(KernelSource.read("opencl/" + k.file() + ".cl")).get(k.entry()),
          k.file() + ".cl " + k.entry());
    }
  }

  @Test
  void everyEntryPointHasAnId() {
    for (String file : files()) {
      Set<String> ids =
          both().stream()
              .filter(k -> k.file().equals(file))
              .map(KernelId::entry)
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(
          ids, new TreeSet<>(KernelText.opencl(KernelSource.opencl(file)).keySet()), file + ".cl");
      assertEquals(
          ids, new TreeSet<>(KernelText.cuda(KernelSource.cuda(file)).keySet()), file + ".cu");
    }
  }

  @Test
  void entryNamesAreUnique() {
    Set<String> names = new TreeSet<>();
    for (KernelId k : both()) {
      assertTrue(names.add(k.entry()), k.entry() + " is declared twice");
    }
  }

  @Test
  void parserSeesADifference() {
    String text =
        "__kernel void f(\n    __global const float *restrict x, const long x_offset,\n"
            + "    __local float *restrict scratch) {";
    assertEquals(
        Map.of("f", List.of("const float* x", "long x_offset", "local float* scratch")),
        KernelText.opencl(text));
    String twin =
        "extern \"C\" __global__ void f(\n"
            + "    const float *__restrict__ x, const long long x_offset) {\n"
            + "  extern __shared__ float scratch[];";
    assertEquals(KernelText.opencl(text), KernelText.cuda(twin));
    assertNotEquals(KernelText.opencl(text), KernelText.cuda(twin.replace("long long", "int")));
    assertNotEquals(KernelText.opencl(text), KernelText.cuda(twin.replace("const float", "float")));
  }

  @Test
  void headersAreSplicedOnce() {
    for (String file : files()) {
      for (String text : List.of(KernelSource.opencl(file), KernelSource.cuda(file))) {
        assertFalse(text.contains("#include \""), file + " has an include left");
        int first = text.indexOf("// cell_math.h:");
        assertEquals(first, text.lastIndexOf("// cell_math.h:"), file + " has cell_math.h twice");
      }
    }
    assertThrows(IllegalArgumentException.class, () -> KernelSource.opencl("no_such_file"));
  }

  @Test
  void kernelsHoldNoDoubleAndNoFastMath() {
    for (String file : files()) {
      for (String text : List.of(KernelSource.opencl(file), KernelSource.cuda(file))) {
        String code = text.replaceAll("//[^\n]*", "");
        assertFalse(code.matches("(?s).*\\b\\d+\\.\\d*(e[-+]?\\d+)?(?![\\dfe]).*"), file);
        assertFalse(code.matches("(?s).*\\b(double|mad|native_\\w+|__expf|__fdividef)\\b.*"), file);
      }
    }
  }

  @Test
  void filesStayShort() {
    for (String file : files()) {
      for (String path : List.of("opencl/" + file + ".cl", "cuda/" + file + ".cu")) {
        long lines = KernelSource.read(path).lines().count();
        assertTrue(lines < 250, path + " has " + lines + " lines");
      }
    }
  }
}
