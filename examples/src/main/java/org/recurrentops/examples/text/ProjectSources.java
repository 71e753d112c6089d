package org.recurrentops.examples.text;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.recurrentops.examples.CommandException;

/**
 * The default text: this project's own Java and Markdown files, from the checkout the program runs
 * in, or else the copy that the build packed into the jar.
 */
public final class ProjectSources {
  private static final String PACKED = "corpus";
  private static final String ARTIFACT = "<artifactId>recurrentops</artifactId>";

  private ProjectSources() {}

  /**
   * Reads them.
   *
   * @param origin receives nothing but is filled with a word on where they were found
   * @return a reader that has read them
   */
  public static TextReader read(StringBuilder origin) {
    return read(origin, ProjectSources::isSource);
  }

  /**
   * Reads those of some kinds.
   *
   * @param origin is filled with a word on where they were found
   * @param wanted says yes to the files to read: Java, Markdown, XML, OpenCL, CUDA or C++
   * @return a reader that has read them
   */
  public static TextReader read(StringBuilder origin, Predicate<Path> wanted) {
    Optional<Path> checkout = checkout(Path.of("").toAbsolutePath());
    if (checkout.isEmpty()) {
      checkout = home().flatMap(ProjectSources::checkout);
    }
    if (checkout.isPresent()) {
      origin.append("this project's sources in ").append(checkout.get());
      return new TextReader(wanted).read(checkout.get());
    }
    origin.append("this project's sources, packed in the jar");
    return packed(wanted);
  }

  private static boolean isSource(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".java") || name.endsWith(".md");
  }

  /** The nearest folder at or above a path that holds this project's parent POM. */
  static Optional<Path> checkout(Path from) {
    for (Path folder = from; folder != null; folder = folder.getParent()) {
      Path pom = folder.resolve("pom.xml");
      try {
        if (Files.isRegularFile(pom) && isParent(Files.readString(pom))) {
          return Optional.of(folder);
        }
      } catch (IOException | SecurityException e) {
        // A POM that cannot be read is not this project's.
      }
    }
    return Optional.empty();
  }

  private static boolean isParent(String pom) {
    return pom.contains(ARTIFACT) && pom.contains("<modules>");
  }

  private static Optional<Path> home() {
    try {
      URL location = ProjectSources.class.getProtectionDomain().getCodeSource().getLocation();
      return Optional.of(Path.of(location.toURI()));
    } catch (URISyntaxException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Reads the copy in the jar (or in a folder of classes). */
  static TextReader packed() {
    return packed(ProjectSources::isSource);
  }

  private static TextReader packed(Predicate<Path> wanted) {
    Path home =
        home()
            .orElseThrow(
                () ->
                    CommandException.usage(
                        "text: cannot find the program's own jar; name a text file or folder"));
    if (Files.isDirectory(home)) {
      return new TextReader(wanted).read(home.resolve(PACKED));
    }
    try (FileSystem jar = FileSystems.newFileSystem(home)) {
      return new TextReader(wanted).read(jar.getPath(PACKED));
    } catch (IOException e) {
      throw CommandException.failure(
          "text: cannot read the packed sources in " + home + ": " + e.getMessage(), e);
    }
  }
}
