import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Writes the float64 twin of the CPU backend's plans: the sources of org.recurrentops.cpu and of
 * its plain-Java products, word by word with double for float, as package org.recurrentops.cpu.f64.
 * So no loop is written twice, and whatever a float32 plan can do a float64 plan can, too.
 *
 * <p>Arguments: source root, target root. Run by the build before it compiles.
 */
final class WidenSources {
  private static final String PACKAGE = "org.recurrentops.cpu";
  private static final String WIDE = PACKAGE + ".f64";

  /** The device and what serves both: memory, operations beside the recurrence, discovery. */
  private static final Set<String> SHARED =
      Set.of(
          "ArrayBuffers",
          "Block",
          "ByteMemory",
          "CopyOps",
          "CpuBackend",
          "CpuDevice",
          "CpuOperations",
          "CpuQueue",
          "DirectAddress",
          "DirectBuffers",
          "EmbeddingOps",
          "HostBuffer",
          "IntMemory",
          "LinearOps",
          "LossOps",
          "VectorOps",
          "package-info");

  /** What the plain-Java form of the products consists of. */
  private static final Set<String> MATH =
      Set.of(
          "Activations",
          "BatchLanes",
          "CacheLines",
          "Gemm",
          "GruUnits",
          "JavaGemm",
          "LstmUnits",
          "PackedProduct",
          "Transpose");

  private WidenSources() {}

  /** Writes every file whose content has changed, and deletes those whose origin is gone. */
  public static void main(String[] arguments) throws IOException {
    Path from = Path.of(arguments[0], PACKAGE.split("\\."));
    Path to = Path.of(arguments[1], WIDE.split("\\."));
    Set<Path> written = new TreeSet<>();
    for (Path source : javaFiles(from)) {
      if (!SHARED.contains(name(source))) {
        written.add(widen(source, to));
      }
    }
    for (Path source : javaFiles(from.resolve("math"))) {
      if (MATH.contains(name(source))) {
        written.add(widen(source, to.resolve("math")));
      }
    }
    for (Path folder : List.of(to, to.resolve("math"))) {
      for (Path old : javaFiles(folder)) {
        if (!written.contains(old)) {
          Files.delete(old);
        }
      }
    }
  }

  private static List<Path> javaFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static Path widen(Path source, Path folder) throws IOException {
    String text = widened(Files.readString(source));
    Path target = folder.resolve(name(source).replace("Float", "Double") + ".java");
    Files.createDirectories(folder);
    if (!Files.exists(target) || !Files.readString(target).equals(text)) {
      Files.writeString(target, text, StandardCharsets.UTF_8);
    }
    return target;
  }

  static String widened(String source) {
    String shared = "import " + PACKAGE + ".ByteMemory;\nimport " + PACKAGE + ".IntMemory;\n";
    return source
        .replaceAll("\\bfloat\\b", "double")
        .replaceAll("\\bFloat(?=[A-Z.])", "Double")
        .replaceAll("\\bFloats\\b", "Doubles")
        .replaceAll("\\b([Ff])loat32\\b", "$1loat64")
        .replaceAll("(?<![0-9a-zA-Z_.])([0-9]+(?:\\.[0-9]+)?)f\\b", "$1d")
        .replace(PACKAGE + ".math.ThreadTeam", "\u0000")
        .replace("import " + PACKAGE + ".math.", "import " + WIDE + ".math.")
        .replace("\u0000", PACKAGE + ".math.ThreadTeam")
        .replaceFirst("(?m)^package " + PACKAGE + "\\.math;", "package " + WIDE + ".math;")
        .replaceFirst("(?m)^package " + PACKAGE + ";\n", "package " + WIDE + ";\n\n" + shared);
  }
}
