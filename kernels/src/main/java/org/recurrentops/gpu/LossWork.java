package org.recurrentops.gpu;

import org.recurrentops.Tensor;
import org.recurrentops.spi.LossKind;

/** A loss and its gradient: the divisor, one work-group per row, the total. */
final class LossWork {
  private static final int DIVISOR_SLOT = 64;

  /** Arguments as in {@link org.recurrentops.spi.BackendMath#loss}. */
  record Call(
      LossKind kind,
      Tensor prediction,
      Tensor target,
      Tensor rowWeights,
      boolean mean,
      float gradientScale,
      Tensor loss,
      Tensor gradient) {}

  private LossWork() {}

  /** Elements of scratch that a call needs. */
  static long scratch(Tensor prediction) {
    return DIVISOR_SLOT + prediction.rows();
  }

  static void add(WorkList list, Call call, Address scratch, Address errors) {
    Rows x = Rows.of(call.prediction());
    boolean classes = call.kind() == LossKind.SOFTMAX_CROSS_ENTROPY;
    Rows target = classes ? Views.perRow(call.target()) : Rows.of(call.target());
    Rows weights = call.rowWeights() == null ? null : Views.perRow(call.rowWeights());
    Rows gradient = call.gradient() == null ? null : Rows.of(call.gradient());
    Address rowLoss = scratch.plus(DIVISOR_SLOT);
    Bindings b =
        new Bindings()
            .put("divisor", scratch)
            .put("row_loss", rowLoss)
            .put("errors", errors)
            .put("gradient_scale", call.gradientScale())
            .put("mean", call.mean())
            .put("features", classes ? 1 : x.width())
            .put("kind", call.kind().ordinal())
            .put("inner", x.inner())
            .put("rows", x.count())
            .put("width", x.width());
    rows(b, "x", x, scratch);
    rows(b, "target", target, scratch);
    b.put("has_target", classes);
    rows(b, "weights", weights, scratch);
    rows(b, "gradient", gradient, scratch);
    list.oneGroup(Kernels.LOSS_DIVISOR, b);
    if (x.count() > 0 && x.width() > 0) {
      KernelId kernel = classes ? Kernels.SOFTMAX_CROSS_ENTROPY : Kernels.ELEMENTWISE_LOSS;
      list.groupPerRow(kernel, b, x.count(), x.width());
    }
    if (call.loss() != null) {
      b.put("loss", Address.of(call.loss())).put("rows", x.width() > 0 ? x.count() : 0);
      list.oneGroup(Kernels.LOSS_TOTAL, b);
    }
  }

  private static void rows(Bindings b, String name, Rows rows, Address none) {
    b.put(name, rows == null ? none : rows.at());
    b.put(name + "_outer", rows == null ? 0 : rows.outer());
    b.put(name + "_row", rows == null ? 0 : rows.row());
    b.put("has_" + name, rows != null);
  }
}
