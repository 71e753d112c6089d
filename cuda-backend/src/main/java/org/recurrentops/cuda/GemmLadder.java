package org.recurrentops.cuda;

import java.util.List;
import org.recurrentops.BackendUnavailableException;

/**
 * What multiplies matrices on this machine: cuBLAS 12 through JCublas, else cuBLAS 13 through JNA,
 * else only the library's own kernel, which is always there as the form {@code tiled}.
 *
 * @param library cuBLAS, or null
 * @param forms forms of the product, the preferred one first
 * @param missing why the rungs above the first form do not hold; empty if none is missing
 */
record GemmLadder(CublasLibrary library, List<String> forms, String missing) {
  /** Form: products by cuBLAS. */
  static final String CUBLAS = "cublas";

  /** Form: products by the library's own kernel. */
  static final String TILED = "tiled";

  /** System property: {@code cublas}, {@code cublas12}, {@code cublas13} or {@code tiled}. */
  static final String PROPERTY = "recurrentops.cuda.gemm";

  private static CublasLibrary cublas12;
  private static CublasLibrary cublas13;
  private static String missing13;

  /**
   * The ladder of this machine.
   *
   * @throws BackendUnavailableException if the property forces what is not there
   */
  static GemmLadder find() {
    String forced = System.getProperty(PROPERTY, "").trim();
    switch (forced) {
      case "":
      case CUBLAS:
        return climb(forced);
      case TILED:
        return new GemmLadder(null, List.of(TILED), "");
      case "cublas12":
        return forced(forced, cublas12(), JCublasLibrary.failure());
      case "cublas13":
        return forced(forced, cublas13(), missing13);
      default:
        throw new BackendUnavailableException(
            property(forced) + ": expected cublas, cublas12, cublas13 or tiled");
    }
  }

  private static GemmLadder climb(String forced) {
    CublasLibrary library = cublas12();
    String missing = "";
    if (library == null) {
      missing = JCublasLibrary.failure();
      library = cublas13();
      missing += library == null ? "; " + missing13 : "";
    }
    if (forced.equals(CUBLAS)) {
      return forced(forced, library, missing);
    }
    List<String> forms = library == null ? List.of(TILED) : List.of(CUBLAS, TILED);
    return new GemmLadder(library, forms, missing);
  }

  private static GemmLadder forced(String rung, CublasLibrary library, String failure) {
    if (library == null) {
      throw new BackendUnavailableException(
          property(rung)
              + ": not available: "
              + failure
              + "; install it, name its folder by -D"
              + NvidiaLibraries.FOLDER
              + " or drop the property");
    }
    return new GemmLadder(library, List.of(CUBLAS), "");
  }

  private static String property(String value) {
    return "-D" + PROPERTY + "=" + value;
  }

  private static synchronized CublasLibrary cublas12() {
    if (cublas12 == null && JCublasLibrary.failure().isEmpty()) {
      cublas12 = new JCublasLibrary();
    }
    return cublas12;
  }

  /** Loaded only where it is asked for: cuBLAS is large. */
  private static synchronized CublasLibrary cublas13() {
    if (cublas13 == null && missing13 == null) {
      try {
        cublas13 = new JnaCublasLibrary();
      } catch (LinkageError e) {
        missing13 = JnaFailure.of(JnaFailure.CUBLAS, e);
      }
    }
    return cublas13;
  }

  /** For people: the first form with its version, the others, and what is missing. */
  String describe() {
    StringBuilder text = new StringBuilder("products ");
    if (library != null) {
      text.append(describe(library)).append(forms.contains(TILED) ? ", " + TILED : "");
    } else {
      text.append(TILED);
    }
    return text.append(missing.isEmpty() ? "" : " (" + missing + ")").toString();
  }

  static String describe(CublasLibrary library) {
    return "cublas " + library.version() + " (" + library.origin() + ")";
  }
}
