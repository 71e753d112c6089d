import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes the float64 twins of the kernels that plans need: their texts, headers spliced in, word by
 * word with double for float; file and entry points end with {@code _f64}. So no kernel is written
 * twice.
 *
 * <p>Arguments: the folder of {@code common}, {@code cuda} and {@code opencl}, the target folder of
 * {@code cuda} and {@code opencl}. Run by the build before it packages resources.
 */
final class WidenKernels {
  private static final String SUFFIX = "_f64";

  /** Operations beside the recurrence, what converts operands, and what counts work-groups. */
  private static final Set<String> NARROW = Set.of("loss", "optimizer", "convert", "residency");

  private static final Pattern ENTRY =
      Pattern.compile(
          "(__(?:global__|kernel) void\\s+(?:__launch_bounds__\\(\\w+\\)\\s+)?)(\\w+)\\(");
  private static final Pattern FLOAT = Pattern.compile("\\bfloat(\\d*)\\b");
  private static final Pattern LITERAL =
      Pattern.compile("\\b(\\d+\\.\\d*(?:e[-+]?\\d+)?|\\d+e[-+]?\\d+)f\\b");
  private static final Pattern FUNCTION =
      Pattern.compile("\\b(exp|expm1|tanh|log|log1p|sqrt|fabs|rsqrt|fmin|fmax|fma)f\\(");

  private WidenKernels() {}

  /** Writes every file whose content has changed. */
  public static void main(String[] arguments) throws IOException {
    Path from = Path.of(arguments[0]);
    for (String language : List.of("cuda", "opencl")) {
      Path to = Path.of(arguments[1], language);
      Files.createDirectories(to);
      try (Stream<Path> files = Files.list(from.resolve(language)).sorted()) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          String stem = name.substring(0, name.lastIndexOf('.'));
          boolean whole =
              List.of("_sequence", "_persistent", "_roles", "_tensor", "_cluster", "_2d").stream()
                  .anyMatch(stem::endsWith);
          if (!whole && !NARROW.contains(stem)) {
            String text = widen(splice(Files.readString(file), from, new HashSet<>()));
            String head =
                language.equals("opencl") ? "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n" : "";
            write(to.resolve(stem + SUFFIX + name.substring(stem.length())), head + text);
          }
        }
      }
    }
  }

  private static String splice(String text, Path from, Set<String> seen) throws IOException {
    StringBuilder out = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      if (!line.startsWith("#include \"")) {
        out.append(line).append('\n');
      } else {
        String header = line.substring(10, line.lastIndexOf('"'));
        if (seen.add(header)) {
          Path file = from.resolve("common").resolve(header);
          out.append(splice(Files.readString(file), from, seen)).append('\n');
        }
      }
    }
    return out.substring(0, out.length() - 1);
  }

  private static String widen(String text) {
    String wide = FLOAT.matcher(text).replaceAll("double$1");
    wide = LITERAL.matcher(wide).replaceAll("$1");
    wide = FUNCTION.matcher(wide).replaceAll("$1(");
    return ENTRY
        .matcher(wide)
        .replaceAll((MatchResult m) -> m.group(1) + m.group(2) + SUFFIX + "(");
  }

  private static void write(Path to, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!Files.exists(to) || !java.util.Arrays.equals(Files.readAllBytes(to), bytes)) {
      Files.write(to, bytes);
    }
  }
}
