package org.recurrentops.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;
import org.recurrentops.DeviceException;
import org.recurrentops.gpu.KernelSource;

/**
 * Machine-readable kernels: PTX that the build packaged where it found nvcc, or else what NVRTC
 * makes of the packaged source.
 */
final class KernelImages {
  /** System property: {@code nvrtc} compiles at run time even where PTX is packaged. */
  static final String PROPERTY = "recurrentops.cuda.kernels";

  private static final String NVRTC = "nvrtc";
  private static final String FOLDER = "ptx/";
  private static final String ANY_FILE = "gemm";

  private final boolean packaged;
  private final String compilerFailure;

  private KernelImages(boolean packaged, String compilerFailure) {
    this.packaged = packaged;
    this.compilerFailure = compilerFailure;
  }

  /** What this jar and this machine offer. */
  static KernelImages find() {
    boolean built = KernelImages.class.getResource(FOLDER + ANY_FILE + ".ptx") != null;
    if (built && !NVRTC.equals(System.getProperty(PROPERTY))) {
      return new KernelImages(true, "");
    }
    String failure = JCudaNatives.load("jcuda.nvrtc.JNvrtc", "JNvrtc", "libnvrtc.so.12");
    return new KernelImages(false, failure);
  }

  /** Why there are none; empty if there are. */
  String failure() {
    return packaged || compilerFailure.isEmpty()
        ? ""
        : "no kernels: this jar was built without nvcc or -D"
            + PROPERTY
            + "=nvrtc leaves its PTX out, and NVRTC does not load: "
            + compilerFailure
            + "; install CUDA 12's NVRTC or build where nvcc is";
  }

  /**
   * One file's kernels.
   *
   * @param file name without folder and extension
   * @param capability of the device, times ten
   * @return what cuModuleLoadData takes, ended by a zero
   */
  byte[] image(String file, int capability) {
    return packaged ? read(FOLDER + file + ".ptx") : compile(file, capability);
  }

  private static byte[] read(String name) {
    try (InputStream in = KernelImages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new DeviceException(name + " is not packaged; build anew with nvcc");
      }
      byte[] text = in.readAllBytes();
      return Arrays.copyOf(text, text.length + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static byte[] compile(String file, int capability) {
    JNvrtc.setExceptionsEnabled(false);
    nvrtcProgram program = new nvrtcProgram();
    String source = KernelSource.cuda(file);
    check(
        JNvrtc.nvrtcCreateProgram(program, source, file + ".cu", 0, null, null),
        file,
        "no program");
    try {
      String[] options = {
        "--gpu-architecture=compute_" + capability, "-DINFINITY=__int_as_float(0x7f800000)"
      };
      int code = JNvrtc.nvrtcCompileProgram(program, options.length, options);
      String[] text = new String[1];
      JNvrtc.nvrtcGetProgramLog(program, text);
      check(code, file, text[0]);
      check(JNvrtc.nvrtcGetPTX(program, text), file, "no PTX");
      return (text[0] + "\0").getBytes(StandardCharsets.US_ASCII);
    } finally {
      JNvrtc.nvrtcDestroyProgram(program);
    }
  }

  private static void check(int code, String file, String log) {
    if (code != nvrtcResult.NVRTC_SUCCESS) {
      throw new DeviceException(
          file + ".cu: NVRTC failed with " + nvrtcResult.stringFor(code) + ":\n" + log);
    }
  }
}
