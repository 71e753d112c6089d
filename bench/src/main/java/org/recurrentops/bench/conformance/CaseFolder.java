package org.recurrentops.bench.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.recurrentops.formats.CaseFile;
import org.recurrentops.formats.CaseReader;

/** A folder of case files, all read before one of them runs. */
final class CaseFolder {
  private CaseFolder() {}

  /** Every {@code .json} below the folder, sorted; a file that is no case is an error. */
  static List<CaseFile> read(Path folder, Path results) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("--cases " + folder + ": expected a folder, got none of that name");
    }
    if (results.toAbsolutePath().normalize().startsWith(folder.toAbsolutePath().normalize())) {
      throw new IOException(
          "--out " + results + ": expected a folder outside --cases " + folder + ", got one in it");
    }
    Map<String, Path> names = new LinkedHashMap<>();
    List<CaseFile> cases = new ArrayList<>();
    for (Path path : files(folder)) {
      CaseFile file = CaseReader.read(path);
      Path other = names.put(file.name(), path);
      if (other != null) {
        throw new IOException(
            path + ": expected a name of its own, got that of " + other + "; results would mix");
      }
      cases.add(file);
    }
    if (cases.isEmpty()) {
      throw new IOException("--cases " + folder + ": expected .json files, got none");
    }
    return cases;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(p -> p.toString().endsWith(".json")).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
