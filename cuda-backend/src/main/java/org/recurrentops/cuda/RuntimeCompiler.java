package org.recurrentops.cuda;

import java.nio.charset.StandardCharsets;
import org.recurrentops.DeviceException;
import org.recurrentops.gpu.KernelSource;

/**
 * NVRTC: compiles the packaged CUDA C at run time. {@code libnvrtc.so.12} through JCuda, else
 * {@code libnvrtc.so.13} through JNA. Loaded on first use.
 */
final class RuntimeCompiler {
  /** One way to NVRTC. */
  interface Binding {
    /**
     * Compiles.
     *
     * @param name of the source, for messages
     * @param source CUDA C
     * @param options of the compiler
     * @return PTX
     * @throws DeviceException with the compiler's log if it refuses
     */
    String compile(String name, String source, String... options);
  }

  /** As the build compiles: PTX for the oldest architecture runs on all newer ones. */
  private static final String[] OPTIONS = {
    "--gpu-architecture=compute_" + CudaProperties.OLDEST_CAPABILITY,
    "-DINFINITY=__int_as_float(0x7f800000)"
  };

  private static final Binding BINDING;
  private static final String FAILURE;

  static {
    Binding binding = null;
    String failure = JCudaNatives.load("jcuda.nvrtc.JNvrtc", "JNvrtc", "libnvrtc.so.12");
    if (failure.isEmpty()) {
      binding = new JNvrtcBinding();
    } else {
      try {
        binding = new JnaNvrtcBinding();
        failure = "";
      } catch (LinkageError e) {
        failure += "; " + JnaFailure.of(JnaFailure.NVRTC, e);
      }
    }
    BINDING = binding;
    FAILURE = failure;
  }

  private RuntimeCompiler() {}

  /** Why there is none; empty if there is. */
  static String failure() {
    return FAILURE;
  }

  /** PTX of one file, ended by a zero. */
  static byte[] compile(String file) {
    String ptx = BINDING.compile(file + ".cu", KernelSource.cuda(file), OPTIONS);
    return (relabelled(ptx) + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * With the version that old drivers read, as the build does: an NVRTC newer than the driver
   * writes a newer one, though the kernels use nothing of it.
   */
  static String relabelled(String ptx) {
    return ptx.replaceFirst("(?m)^\\.version [0-9.]+", ".version 7.0");
  }
}
