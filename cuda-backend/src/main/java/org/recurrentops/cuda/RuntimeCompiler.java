package org.recurrentops.cuda;

import java.nio.charset.StandardCharsets;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;
import org.recurrentops.DeviceException;
import org.recurrentops.gpu.KernelSource;

/** NVRTC: compiles the packaged CUDA C at run time. Loaded on first use. */
final class RuntimeCompiler {
  private static final String FAILURE =
      JCudaNatives.load("jcuda.nvrtc.JNvrtc", "JNvrtc", "libnvrtc.so.12");

  /** As the build compiles: PTX for the oldest architecture runs on all newer ones. */
  private static final String[] OPTIONS = {
    "--gpu-architecture=compute_" + CudaProperties.OLDEST_CAPABILITY,
    "-DINFINITY=__int_as_float(0x7f800000)"
  };

  private RuntimeCompiler() {}

  /** Why there is none; empty if there is. */
  static String failure() {
    return FAILURE;
  }

  /** PTX of one file, ended by a zero. */
  static byte[] compile(String file) {
    JNvrtc.setExceptionsEnabled(false);
    nvrtcProgram program = new nvrtcProgram();
    String source = KernelSource.cuda(file);
    check(
        JNvrtc.nvrtcCreateProgram(program, source, file + ".cu", 0, null, null),
        file,
        "no program");
    try {
      int code = JNvrtc.nvrtcCompileProgram(program, OPTIONS.length, OPTIONS);
      String[] text = new String[1];
      JNvrtc.nvrtcGetProgramLog(program, text);
      check(code, file, text[0]);
      check(JNvrtc.nvrtcGetPTX(program, text), file, "no PTX");
      return (relabelled(text[0]) + "\0").getBytes(StandardCharsets.US_ASCII);
    } finally {
      JNvrtc.nvrtcDestroyProgram(program);
    }
  }

  /**
   * With the version that old drivers read, as the build does: an NVRTC newer than the driver
   * writes a newer one, though the kernels use nothing of it.
   */
  static String relabelled(String ptx) {
    return ptx.replaceFirst("(?m)^\\.version [0-9.]+", ".version 7.0");
  }

  private static void check(int code, String file, String log) {
    if (code != nvrtcResult.NVRTC_SUCCESS) {
      throw new DeviceException(
          file + ".cu: NVRTC failed with " + nvrtcResult.stringFor(code) + ":\n" + log);
    }
  }
}
