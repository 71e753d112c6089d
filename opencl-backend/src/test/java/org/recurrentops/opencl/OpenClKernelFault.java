package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.recurrentops.gpu.KernelSource;

/**
 * A fault to plant in the text of an OpenCL kernel or of its float64 twin: a piece that occurs
 * once, what stands there instead, and the part of the kit that must find it. What {@code common}
 * holds is the CUDA backend's to break.
 */
enum OpenClKernelFault {
  VANILLA_STEP_SHIFTED(
      "vanilla.cl",
      "item, gates[gates_offset + t * plane + item],",
      "item, gates[gates_offset + (t > 0 ? t - 1 : 0) * plane + item],",
      "stepped/vector",
      "structure/vanilla"),
  FINAL_STATE_OF_ANOTHER_ROW(
      "rows.cl",
      "row_marks[row_marks_offset + n] & ROW_HAS_VALID",
      "row_marks[row_marks_offset + rows - 1 - n] & ROW_HAS_VALID",
      "stepped/vector",
      "lengths/gru"),
  NORM_MEAN_NOT_SUBTRACTED(
      "norm.cl",
      "const float r_normal = (r[j] - r_mean) * r_inverse;",
      "const float r_normal = r[j] * r_inverse;",
      "stepped/vector",
      "layer-norm/gru"),
  NORM_GAIN_OF_THE_OTHER_SIDE(
      "norm.cl",
      "x_args, gain_ih + gain_ih_offset,",
      "x_args, gain_hh + gain_hh_offset,",
      "stepped/vector",
      "layer-norm/gru"),
  NORM_CELL_SHIFT_FORGOTTEN(
      "lstm_norm.cl",
      "* normal + shift_c[shift_c_offset + j];",
      "* normal;",
      "stepped/vector",
      "layer-norm/lstm"),
  GAIN_GRADIENT_OF_ANOTHER_GATE(
      "reduce.cl",
      "* right[right_offset + t * right_outer + n * right_row + c];",
      "* right[right_offset + t * right_outer + n * right_row + (c + columns / 2) % columns];",
      "stepped/vector",
      "layer-norm/gru"),
  ZONEOUT_PARTS_SWAPPED(
      "zoneout.cl",
      "= zoneout_part(1.0f - m, total);",
      "= zoneout_part(m, total);",
      "stepped/vector",
      "dropout/zoneout"),
  ZONEOUT_CELL_KEPT_MIXED(
      "zoneout.cl",
      "rows * width + item] = value;",
      "rows * width + item] = mixed;",
      "stepped/vector",
      "dropout/zoneout"),
  DROP_CONNECT_ONE_MASK_FOR_BOTH_DIRECTIONS(
      "drop_connect.cl",
      "(unsigned int)direction, (unsigned int)row,",
      "0u, (unsigned int)row,",
      "stepped/vector",
      "dropout/drop-connect"),
  MERGED_PRODUCT_WITHOUT_THE_OTHER(
      "merge.cl",
      "own = shown ? d * other[other_offset + item] : 0.0f;",
      "own = shown ? d : 0.0f;",
      "stepped/vector",
      "recompute/gru-reset-before"),
  FLOAT64_EXPONENTIAL_IN_FLOAT32(
      "lstm_f64.cl",
      "static inline\n#define CELL_EXP(x) exp(x)",
      "static inline\n#define CELL_EXP(x) exp((float)(x))",
      "",
      "float64/lstm"),
  FLOAT64_HIDDEN_ROUNDED(
      "gru_f64.cl",
      "return (1.0 - z) * n + z * h_prev;",
      "return (float)((1.0 - z) * n + z * h_prev);",
      "",
      "float64/gru");

  private final String file;
  private final String right;
  private final String wrong;
  final String algorithm;
  final String cases;

  OpenClKernelFault(String file, String right, String wrong, String algorithm, String cases) {
    this.file = file;
    this.right = right;
    this.wrong = wrong;
    this.algorithm = algorithm;
    this.cases = cases;
  }

  /** The text of its file with the fault. */
  String planted() {
    String text = KernelSource.read("opencl/" + file);
    assertEquals(2, (text + " ").split(Pattern.quote(right)).length, name() + ": " + right);
    return text.replace(right, wrong);
  }

  /** Writes that to where a JVM with the folder before its class path looks for it. */
  void plant(Path folder) throws IOException {
    Path target = folder.resolve("org/recurrentops/gpu/opencl").resolve(file);
    Files.createDirectories(target.getParent());
    Files.writeString(target, planted());
  }
}
