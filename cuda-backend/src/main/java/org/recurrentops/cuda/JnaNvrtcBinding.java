package org.recurrentops.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.charset.StandardCharsets;

/** {@code libnvrtc.so.13} through JNA; where JNA is missing this class does not load. */
final class JnaNvrtcBinding implements RuntimeCompiler.Binding {
  /**
   * Binds the functions.
   *
   * @throws UnsatisfiedLinkError if the library or one of them is not found
   */
  JnaNvrtcBinding() {
    Native.register(
        JnaNvrtcBinding.class, NativeLibrary.getInstance(NvidiaLibraries.locate(JnaFailure.NVRTC)));
  }

  private static native int nvrtcCreateProgram(
      long[] program, String source, String name, int headers, Pointer texts, Pointer names);

  private static native int nvrtcCompileProgram(long program, int count, Pointer options);

  private static native int nvrtcGetPTXSize(long program, long[] bytes);

  private static native int nvrtcGetPTX(long program, byte[] text);

  private static native int nvrtcGetProgramLogSize(long program, long[] bytes);

  private static native int nvrtcGetProgramLog(long program, byte[] text);

  private static native int nvrtcDestroyProgram(long[] program);

  @Override
  public String compile(String name, String source, String... options) {
    long[] program = new long[1];
    JNvrtcBinding.check(
        nvrtcCreateProgram(program, source, name, 0, null, null), name, "no program");
    try {
      int code = nvrtcCompileProgram(program[0], options.length, new StringArray(options));
      JNvrtcBinding.check(code, name, log(program[0]));
      long[] bytes = new long[1];
      JNvrtcBinding.check(nvrtcGetPTXSize(program[0], bytes), name, "no PTX");
      byte[] ptx = new byte[Math.toIntExact(bytes[0])];
      JNvrtcBinding.check(nvrtcGetPTX(program[0], ptx), name, "no PTX");
      return text(ptx);
    } finally {
      nvrtcDestroyProgram(program);
    }
  }

  private static String log(long program) {
    long[] bytes = new long[1];
    if (nvrtcGetProgramLogSize(program, bytes) != 0 || bytes[0] < 1) {
      return "";
    }
    byte[] log = new byte[Math.toIntExact(bytes[0])];
    return nvrtcGetProgramLog(program, log) == 0 ? text(log) : "";
  }

  /** Without the zero at the end. */
  private static String text(byte[] bytes) {
    return new String(bytes, 0, Math.max(0, bytes.length - 1), StandardCharsets.UTF_8);
  }
}
