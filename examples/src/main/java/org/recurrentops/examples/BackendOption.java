package org.recurrentops.examples;

import org.recurrentops.Backends;
import org.recurrentops.RecurrentOps;
import picocli.CommandLine.Option;

/** The device to run on. */
final class BackendOption {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "cpu, opencl, cuda, a device such as cuda:1, or auto."
              + " Default: -D"
              + Backends.PROPERTY
              + ", else $"
              + Backends.ENVIRONMENT
              + ", else the best there is.")
  private String name;

  /** What was asked for, or null. */
  String name() {
    return name;
  }

  RecurrentOps open() {
    return name == null ? Backends.open() : Backends.open(name);
  }
}
