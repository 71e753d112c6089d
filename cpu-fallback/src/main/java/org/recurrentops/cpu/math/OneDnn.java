package org.recurrentops.cpu.math;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The matrix product of oneDNN's library, called on Java's arrays where they are. The calls are
 * <i>critical</i> ones of {@code java.lang.foreign}: nothing is copied, and the garbage collector
 * waits for their end. This project is compiled for Java 17, which does not know that package, so
 * it is reached by reflection, once; what remains are constant method handles. A call makes six
 * small objects that say where arrays begin, 336 bytes in all, where C2 does not remove them, which
 * depends on what it compiles first.
 *
 * <p>Source: the C interface of oneDNN 3, dnnl.h and dnnl_types.h.
 */
final class OneDnn {
  /** The first version of Java with critical calls on arrays. */
  private static final int JAVA = 22;

  private static final int SEQUENTIAL = 1;
  private static final int OPENMP = 2;

  /** Bytes of the head of dnnl_version_t: three ints, a pointer, and the kind of threads. */
  private static final long VERSION_BYTES = 28;

  private static final long THREADS_AT = 24;

  /** The library, as {@link OneDnnFile} finds it, or why there is none; looked for once. */
  private static final OneDnn LOADED = load();

  /** (transA, transB, m, n, k, alpha, a, at, lda, b, at, ldb, beta, c, at, ldc), at in bytes. */
  private static final MethodHandle SGEMM = LOADED.sgemm;

  private static final MethodHandle SET_THREADS = LOADED.setThreads;
  private static final MethodHandle THREADS = LOADED.threads;

  private final String version;
  private final String refusal;
  private final MethodHandle sgemm;
  private final MethodHandle setThreads;
  private final MethodHandle threads;

  private OneDnn(
      String version,
      String refusal,
      MethodHandle sgemm,
      MethodHandle setThreads,
      MethodHandle threads) {
    this.version = version;
    this.refusal = refusal;
    this.sgemm = sgemm;
    this.setThreads = setThreads;
    this.threads = threads;
  }

  /** {@return why the library cannot be used, or empty} */
  static Optional<String> refusal() {
    return Optional.ofNullable(LOADED.refusal);
  }

  /** {@return the library's version, such as 3.11.0} */
  static String version() {
    return LOADED.version;
  }

  /**
   * Computes {@code C = (add ? C : 0) + A·B} of row-major matrices on the calling thread alone;
   * none of the sizes is 0.
   */
  static void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      boolean add,
      float[] c,
      int co,
      int ldc) {
    try {
      int before = 1;
      if (THREADS != null) { // OpenMP's number is the thread's own, and may be the caller's
        before = (int) THREADS.invokeExact();
        if (before != 1) {
          SET_THREADS.invokeExact(1);
        }
      }
      int status;
      try {
        status =
            (int)
                SGEMM.invokeExact(
                    (byte) 'N',
                    (byte) 'N',
                    (long) m,
                    (long) n,
                    (long) k,
                    1f,
                    a,
                    4L * ao,
                    (long) lda,
                    b,
                    4L * bo,
                    (long) ldb,
                    add ? 1f : 0f,
                    c,
                    4L * co,
                    (long) ldc);
      } finally {
        if (before != 1) {
          SET_THREADS.invokeExact(before);
        }
      }
      if (status != 0) {
        throw new IllegalStateException(
            "oneDNN " + LOADED.version + ": dnnl_sgemm ended with status " + status);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("oneDNN " + LOADED.version + ": " + e, e);
    }
  }

  private static OneDnn refused(String why) {
    return new OneDnn(null, why, null, null, null);
  }

  private static OneDnn load() {
    if (Runtime.version().feature() < JAVA) {
      return refused("it takes Java " + JAVA + " or newer, this is " + Runtime.version());
    }
    try {
      Path file = OneDnnFile.find();
      return new Foreign(file).library();
    } catch (OneDnnFile.Missing e) {
      return refused(e.getMessage());
    } catch (InvocationTargetException e) {
      return refused(String.valueOf(e.getCause()));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return refused(String.valueOf(e));
    }
  }

  /** What is used of {@code java.lang.foreign}. */
  private static final class Foreign {
    private static final String PACKAGE = "java.lang.foreign.";

    private final MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    private final Class<?> segment = Class.forName(PACKAGE + "MemorySegment");
    private final Class<?> layout = Class.forName(PACKAGE + "MemoryLayout");
    private final Class<?> linker = Class.forName(PACKAGE + "Linker");
    private final Class<?> option = Class.forName(PACKAGE + "Linker$Option");
    private final Class<?> descriptor = Class.forName(PACKAGE + "FunctionDescriptor");
    private final Class<?> symbols = Class.forName(PACKAGE + "SymbolLookup");
    private final Object nativeLinker = linker.getMethod("nativeLinker").invoke(null);
    private final Path file;
    private final Object library;

    Foreign(Path file) throws ReflectiveOperationException {
      this.file = file;
      Class<?> arena = Class.forName(PACKAGE + "Arena");
      Object global = arena.getMethod("global").invoke(null);
      library = symbols.getMethod("libraryLookup", Path.class, arena).invoke(null, file, global);
    }

    OneDnn library() throws ReflectiveOperationException {
      Object head = version();
      int kind = number(head, THREADS_AT);
      if (kind != SEQUENTIAL && kind != OPENMP) {
        return refused(
            file
                + " was built with threads of kind "
                + kind
                + ", which cannot be held to one a call; expected sequential (1) or OpenMP (2)");
      }
      MethodHandle set = kind == OPENMP ? plain("omp_set_num_threads", null, int.class) : null;
      MethodHandle get = kind == OPENMP ? plain("omp_get_max_threads", int.class) : null;
      String name = number(head, 0) + "." + number(head, 4) + "." + number(head, 8);
      return new OneDnn(name, null, onArrays(), set, get);
    }

    private Object version() throws ReflectiveOperationException {
      try {
        MethodHandle version = plain("dnnl_version", segment);
        Object address = version.invoke();
        return segment.getMethod("reinterpret", long.class).invoke(address, VERSION_BYTES);
      } catch (RuntimeException | ReflectiveOperationException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("dnnl_version: " + e, e);
      }
    }

    private int number(Object memory, long at) throws ReflectiveOperationException {
      Class<?> ofInt = Class.forName(PACKAGE + "ValueLayout$OfInt");
      return (int)
          segment.getMethod("get", ofInt, long.class).invoke(memory, layoutOf(int.class), at);
    }

    /** A function without memory. */
    private MethodHandle plain(String name, Class<?> result, Class<?>... parameters)
        throws ReflectiveOperationException {
      return function(name, result, parameters, Array.newInstance(option, 0));
    }

    /** dnnl_sgemm on arrays, each with the offset of its first element. */
    private MethodHandle onArrays() throws ReflectiveOperationException {
      Class<?>[] parameters = {
        byte.class,
        byte.class,
        long.class,
        long.class,
        long.class,
        float.class,
        segment,
        long.class,
        segment,
        long.class,
        float.class,
        segment,
        long.class
      };
      Object options = Array.newInstance(option, 1);
      Array.set(options, 0, option.getMethod("critical", boolean.class).invoke(null, true));
      MethodHandle call = function("dnnl_sgemm", int.class, parameters, options);
      MethodHandle whole =
          lookup.findStatic(segment, "ofArray", MethodType.methodType(segment, float[].class));
      MethodHandle slice =
          lookup.findVirtual(segment, "asSlice", MethodType.methodType(segment, long.class));
      MethodHandle from = MethodHandles.collectArguments(slice, 0, whole);
      for (int p = parameters.length - 1; p >= 0; p--) {
        if (parameters[p] == segment) {
          call = MethodHandles.collectArguments(call, p, from);
        }
      }
      return call;
    }

    private MethodHandle function(
        String name, Class<?> result, Class<?>[] parameters, Object options)
        throws ReflectiveOperationException {
      Optional<?> address =
          (Optional<?>) symbols.getMethod("find", String.class).invoke(library, name);
      if (address.isEmpty()) {
        throw new IllegalStateException(file + " has no function " + name);
      }
      Object layouts = Array.newInstance(layout, parameters.length);
      for (int p = 0; p < parameters.length; p++) {
        Array.set(layouts, p, layoutOf(parameters[p]));
      }
      Object signature =
          result == null
              ? descriptor.getMethod("ofVoid", layouts.getClass()).invoke(null, layouts)
              : descriptor
                  .getMethod("of", layout, layouts.getClass())
                  .invoke(null, layoutOf(result), layouts);
      return (MethodHandle)
          linker
              .getMethod("downcallHandle", segment, descriptor, options.getClass())
              .invoke(nativeLinker, address.get(), signature, options);
    }

    private Object layoutOf(Class<?> type) throws ReflectiveOperationException {
      String name = type == segment ? "ADDRESS" : "JAVA_" + type.getName().toUpperCase(Locale.ROOT);
      return Class.forName(PACKAGE + "ValueLayout").getField(name).get(null);
    }
  }
}
