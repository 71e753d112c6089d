package org.recurrentops.cuda;

import java.util.Locale;

/** The forms in which kernels reach the driver, in the order in which they are tried. */
enum KernelForm {
  /** Machine code for every architecture that the build's nvcc knew, and PTX for newer ones. */
  FATBIN,
  /** Text for the oldest architecture, labelled with a version that old drivers read. */
  PTX,
  /** The same, made from the packaged source at run time. */
  NVRTC;

  /** As in file names, properties and messages. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
