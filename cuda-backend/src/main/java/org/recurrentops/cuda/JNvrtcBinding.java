package org.recurrentops.cuda;

import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;
import org.recurrentops.DeviceException;

/** {@code libnvrtc.so.12} through JCuda. */
final class JNvrtcBinding implements RuntimeCompiler.Binding {
  @Override
  public String compile(String name, String source, String... options) {
    JNvrtc.setExceptionsEnabled(false);
    nvrtcProgram program = new nvrtcProgram();
    check(JNvrtc.nvrtcCreateProgram(program, source, name, 0, null, null), name, "no program");
    try {
      int code = JNvrtc.nvrtcCompileProgram(program, options.length, options);
      String[] text = new String[1];
      JNvrtc.nvrtcGetProgramLog(program, text);
      check(code, name, text[0]);
      check(JNvrtc.nvrtcGetPTX(program, text), name, "no PTX");
      return text[0];
    } finally {
      JNvrtc.nvrtcDestroyProgram(program);
    }
  }

  static void check(int code, String name, String log) {
    if (code != nvrtcResult.NVRTC_SUCCESS) {
      throw new DeviceException(
          name + ": NVRTC failed with " + nvrtcResult.stringFor(code) + ":\n" + log);
    }
  }
}
