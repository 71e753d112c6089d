package org.recurrentops.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import jcuda.driver.CUresult;
import org.recurrentops.DeviceException;

/**
 * Machine-readable kernels: what the build packaged where it found nvcc, and what NVRTC makes of
 * the packaged source. A driver that does not take one form is offered the next.
 */
final class KernelImages {
  /** System property: {@code fatbin}, {@code ptx} or {@code nvrtc} allows that form only. */
  static final String PROPERTY = "recurrentops.cuda.kernels";

  private static final String ANY_FILE = "gemm";

  /** CUDA_ERROR_UNSUPPORTED_PTX_VERSION, which JCuda has no name for. */
  private static final int UNSUPPORTED_PTX_VERSION = 222;

  private final List<KernelForm> forms;
  private final String failure;

  private KernelImages(List<KernelForm> forms, String failure) {
    this.forms = List.copyOf(forms);
    this.failure = failure;
  }

  /** What this jar and this machine offer. */
  static KernelImages find() {
    String forced = System.getProperty(PROPERTY, "").trim();
    List<KernelForm> forms =
        Arrays.stream(KernelForm.values())
            .filter(f -> forced.isEmpty() || f.label().equals(forced))
            .filter(KernelImages::isAtHand)
            .toList();
    boolean known =
        forced.isEmpty()
            || Arrays.stream(KernelForm.values()).anyMatch(f -> f.label().equals(forced));
    if (!known) {
      return new KernelImages(
          List.of(), "-D" + PROPERTY + "=" + forced + ": expected fatbin, ptx or nvrtc");
    }
    // NVRTC is loaded here only where nothing else could serve, because that takes time
    boolean compiles = !forms.isEmpty() && forms.get(0) == KernelForm.NVRTC;
    String lacking = compiles ? lacking(KernelForm.NVRTC) : "";
    return forms.isEmpty() || !lacking.isEmpty()
        ? new KernelImages(List.of(), "no kernels: " + because(forced) + tail(lacking))
        : new KernelImages(forms, "");
  }

  private static String because(String forced) {
    return isPackaged()
        ? "-D" + PROPERTY + "=" + forced + " leaves the packaged ones out"
        : "this jar was built without nvcc";
  }

  private static String tail(String lacking) {
    return lacking.isEmpty()
        ? "; drop the property or build where nvcc is"
        : ", and NVRTC does not load: "
            + lacking
            + "; install CUDA's NVRTC or use a jar that was built where nvcc is";
  }

  /** Whether the build found nvcc. */
  static boolean isPackaged() {
    return isAtHand(KernelForm.FATBIN) || isAtHand(KernelForm.PTX);
  }

  private static boolean isAtHand(KernelForm form) {
    return form == KernelForm.NVRTC || KernelImages.class.getResource(path(form, ANY_FILE)) != null;
  }

  private static String path(KernelForm form, String file) {
    return form.label() + "/" + file + "." + form.label();
  }

  /** Why there are none; empty if there are. */
  String failure() {
    return failure;
  }

  /** Forms to try, in this order. */
  List<KernelForm> forms() {
    return forms;
  }

  /** For people: what there is to try. */
  String describe() {
    String all = String.join(", ", forms.stream().map(KernelForm::label).toList());
    return isPackaged() ? "kernels " + all : "kernels nvrtc (this jar was built without nvcc)";
  }

  /** Why a form cannot be made on this machine; empty if it can. */
  static String lacking(KernelForm form) {
    return form == KernelForm.NVRTC ? RuntimeCompiler.failure() : "";
  }

  /**
   * One file's kernels.
   *
   * @param form one of {@link #forms()}, not {@link #lacking}
   * @param file name without folder and extension
   * @return what cuModuleLoadData takes, ended by a zero
   */
  byte[] image(KernelForm form, String file) {
    return form == KernelForm.NVRTC ? RuntimeCompiler.compile(file) : read(path(form, file));
  }

  /** Whether the driver says by a code that it wants another form. */
  static boolean isRefusal(int code) {
    return code == CUresult.CUDA_ERROR_INVALID_IMAGE
        || code == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU
        || code == CUresult.CUDA_ERROR_INVALID_PTX
        || code == UNSUPPORTED_PTX_VERSION;
  }

  /** The name of such a code. */
  static String nameOf(int code) {
    return code == UNSUPPORTED_PTX_VERSION
        ? "CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222)"
        : CudaError.name(code);
  }

  private static byte[] read(String name) {
    try (InputStream in = KernelImages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new DeviceException(name + " is not packaged; build anew with nvcc");
      }
      byte[] image = in.readAllBytes();
      return Arrays.copyOf(image, image.length + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
