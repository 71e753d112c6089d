package org.recurrentops.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Copies of the kernels that have a {@link KernelFault}. */
final class FaultyKernels {
  private FaultyKernels() {}

  /** Copies the kernels, plants the fault, and returns the .cu files that have it. */
  static List<Path> make(KernelFault fault, Path kernels, Path copy) throws IOException {
    for (String folder : List.of("common", "cuda")) {
      Files.createDirectories(copy.resolve(folder));
      try (Stream<Path> files = Files.list(kernels.resolve(folder))) {
        for (Path from : files.toList()) {
          Files.copy(from, copy.resolve(folder).resolve(from.getFileName()));
        }
      }
    }
    Path target = copy.resolve(fault.file);
    Files.writeString(target, fault.planted(kernels));
    if (fault.file.startsWith("cuda/")) {
      return List.of(target);
    }
    List<Path> concerned = new ArrayList<>();
    try (Stream<Path> files = Files.list(copy.resolve("cuda")).sorted()) {
      for (Path path : files.toList()) {
        if (Files.readString(path).contains("\"" + target.getFileName() + "\"")) {
          concerned.add(path);
        }
      }
    }
    return concerned;
  }
}
