package org.recurrentops.cuda;

/**
 * Why a library does not load through JNA, and the names of those that are tried: the classes that
 * bind them do not load without JNA.
 */
final class JnaFailure {
  static final String CUBLAS = "libcublas.so.13";
  static final String NVRTC = "libnvrtc.so.13";

  private JnaFailure() {}

  /** For people. */
  static String of(String library, LinkageError e) {
    if (e instanceof NoClassDefFoundError) {
      return library + " would need JNA, which is not on the class path (net.java.dev.jna:jna)";
    }
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return library + " does not load through JNA (" + reason + ")";
  }
}
