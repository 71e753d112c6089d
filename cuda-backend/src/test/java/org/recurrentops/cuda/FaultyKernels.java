package org.recurrentops.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Copies of the kernels that have a {@link KernelFault}. */
final class FaultyKernels {
  private FaultyKernels() {}

  /** Copies the kernels, plants the faults, and returns the .cu files that have one. */
  static Set<Path> make(List<KernelFault> faults, Path kernels, Path copy) throws IOException {
    for (String folder : List.of("common", "cuda")) {
      Files.createDirectories(copy.resolve(folder));
      try (Stream<Path> files = Files.list(kernels.resolve(folder))) {
        for (Path from : files.toList()) {
          Files.copy(from, copy.resolve(folder).resolve(from.getFileName()));
        }
      }
    }
    Set<Path> concerned = new TreeSet<>();
    for (KernelFault fault : faults) {
      Path target = copy.resolve(fault.file);
      Files.writeString(target, fault.planted(copy));
      if (fault.file.startsWith("cuda/")) {
        concerned.add(target);
      } else {
        concerned.addAll(including(target, copy.resolve("cuda")));
      }
    }
    return concerned;
  }

  private static List<Path> including(Path header, Path folder) throws IOException {
    List<Path> concerned = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path path : files.toList()) {
        if (Files.readString(path).contains("\"" + header.getFileName() + "\"")) {
          concerned.add(path);
        }
      }
    }
    return concerned;
  }
}
