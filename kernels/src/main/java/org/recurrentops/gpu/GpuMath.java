package org.recurrentops.gpu;

import java.util.function.Consumer;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.LossKind;
import org.recurrentops.spi.RunState;

/**
 * The operations beside the recurrence on one queue. Scratch grows to the largest call so far and
 * stays; calls of several threads take turns.
 */
final class GpuMath implements BackendMath {
  private final Device device;
  private final GpuQueue queue;
  private final RunState noState = new RunState(0);
  private DeviceBuffer scratch;
  private Products products;
  private DeviceBuffer productScratch;

  GpuMath(Device device, GpuQueue queue) {
    this.device = device;
    this.queue = queue;
  }

  private String form() {
    return device.gemmForms().get(0);
  }

  private Products products() {
    if (products == null) {
      products = device.products(form(), MathMode.FP32);
    }
    return products;
  }

  /** As {@link #run}, for what multiplies matrices. */
  private synchronized void multiply(Consumer<WorkList> builder) {
    long bytes = device.productScratchBytes(form());
    if (productScratch == null && bytes > 0) {
      productScratch = device.allocate(DType.U8, bytes);
      products().useScratch(queue.queue(), productScratch, 0);
    }
    run(builder);
  }

  private synchronized void run(Consumer<WorkList> builder) {
    WorkList list = new WorkList(device, products());
    try {
      builder.accept(list);
      list.enqueue(queue.queue(), noState);
    } finally {
      list.close();
    }
  }

  /** Scratch of at least that many float32 or int32 elements; called within {@link #run}. */
  private Address scratch(long elements) {
    if (scratch == null || scratch.elements() < elements) {
      if (scratch != null) {
        scratch.free();
        scratch = null;
      }
      scratch = device.allocate(DType.F32, Math.max(1024, elements));
    }
    return new Address(scratch, 0);
  }

  @Override
  public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y, boolean accumulate) {
    Rows to = Rows.of(y);
    if (to.count() == 0 || to.width() == 0) {
      return;
    }
    multiply(
        list -> {
          RowWork.project(list, Rows.of(x), Address.of(weight), rowStride(weight), to, accumulate);
          if (bias != null) {
            Rows one = new Rows(Address.of(bias), 0, 0, 1, 1, to.width());
            RowWork.add(list, one, 1, to);
          }
        });
  }

  private static int rowStride(Tensor matrix) {
    return Math.toIntExact(matrix.dim(0) == 1 ? matrix.dim(1) : matrix.stride(0));
  }

  @Override
  public void linearBackward(
      Tensor x,
      Tensor weight,
      Tensor dy,
      Tensor dx,
      Tensor dWeight,
      Tensor dBias,
      boolean accumulate) {
    Rows from = Rows.of(dy);
    if (from.width() == 0) {
      return;
    }
    multiply(
        list -> {
          if (from.count() == 0) {
            clearUnless(list, dWeight, accumulate);
            clearUnless(list, dBias, accumulate);
            return;
          }
          if (dx != null) {
            Rows to = Rows.of(dx);
            RowWork.projectBack(list, from, Address.of(weight), rowStride(weight), to, false);
          }
          if (dWeight != null) {
            Address to = Address.of(dWeight);
            RowWork.outer(list, from, Rows.of(x), to, rowStride(dWeight), accumulate);
          }
          if (dBias != null) {
            Address partial = scratch((long) PlanLayout.SUM_CHUNKS * from.width());
            new ColumnSum(list, from, partial).addTo(Address.of(dBias), accumulate);
          }
        });
  }

  private static void clearUnless(WorkList list, Tensor t, boolean accumulate) {
    if (t != null && !accumulate) {
      Views.each(t, rows -> RowWork.fill(list, rows, 0));
    }
  }

  @Override
  public void embedding(Tensor indices, Tensor table, Tensor y) {
    Rows to = Rows.of(y);
    Rows index = Views.perRow(indices);
    Bindings b =
        new Bindings()
            .put("indices", index.at())
            .put("index_outer", index.outer())
            .put("index_row", index.row())
            .put("table", Address.of(table))
            .put("table_row", table.stride(0))
            .put("table_rows", Math.toIntExact(table.dim(0)))
            .put("dst", to.at())
            .put("dst_outer", to.outer())
            .put("dst_row", to.row())
            .put("errors", queue.errors())
            .put("inner", to.inner())
            .put("rows", to.count())
            .put("width", to.width());
    queue.arm();
    run(list -> list.elementwise(Kernels.GATHER_ROWS, b, to.count() * to.width()));
  }

  @Override
  public void embeddingBackward(Tensor indices, Tensor dy, Tensor dTable, boolean accumulate) {
    Rows from = Rows.of(dy);
    Rows index = Views.perRow(indices);
    run(
        list -> {
          clearUnless(list, dTable, accumulate);
          int rows = Math.toIntExact(from.count());
          if (rows > 0) {
            IndexChains chains =
                new IndexChains(scratch(3L * rows), rows, Math.toIntExact(dTable.dim(0)));
            chains.build(list, index.at(), index.outer(), index.row(), from.inner());
            chains.sum(list, from, Address.of(dTable), dTable.stride(0), 1);
          }
        });
  }

  @Override
  public void softmax(Tensor logits, Tensor probabilities) {
    Rows from = Rows.of(logits);
    Rows to = Rows.of(probabilities);
    if (from.count() == 0 || from.width() == 0) {
      return;
    }
    Bindings b =
        new Bindings()
            .put("x", from.at())
            .put("x_outer", from.outer())
            .put("x_row", from.row())
            .put("dst", to.at())
            .put("dst_outer", to.outer())
            .put("dst_row", to.row())
            .put("inner", from.inner())
            .put("width", from.width());
    run(list -> list.groupPerRow(Kernels.SOFTMAX_ROWS, b, from.count(), from.width()));
  }

  @Override
  public void loss(
      LossKind kind,
      Tensor prediction,
      Tensor target,
      Tensor rowWeights,
      boolean mean,
      float gradientScale,
      Tensor loss,
      Tensor gradient) {
    if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
      queue.arm();
    }
    run(
        list ->
            LossWork.add(
                list,
                new LossWork.Call(
                    kind, prediction, target, rowWeights, mean, gradientScale, loss, gradient),
                scratch(LossWork.scratch(prediction)),
                queue.errors()));
  }

  @Override
  public void clipByGlobalNorm(Tensor[] vectors, float maxNorm, Tensor norm, Tensor nonFinite) {
    run(
        list ->
            NormWork.add(
                list,
                vectors,
                maxNorm,
                norm == null ? null : Address.of(norm),
                nonFinite == null ? null : Address.of(nonFinite),
                scratch(NormWork.scratch(vectors.length))));
  }

  @Override
  public void sgd(
      Tensor params,
      Tensor gradient,
      Tensor velocity,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay,
      Tensor skip) {
    Bindings b =
        update(params, gradient, skip)
            .put("velocity", Address.of(velocity == null ? gradient : velocity))
            .put("has_velocity", velocity != null)
            .put("learning_rate", learningRate)
            .put("momentum", momentum)
            .put("nesterov", nesterov)
            .put("weight_decay", weightDecay);
    run(list -> list.elementwise(Kernels.SGD, b, params.shape().elements()));
  }

  private static Bindings update(Tensor params, Tensor gradient, Tensor skip) {
    return new Bindings()
        .put("params", Address.of(params))
        .put("gradient", Address.of(gradient))
        .put("skip", Address.of(skip == null ? gradient : skip))
        .put("has_skip", skip != null)
        .put("count", params.shape().elements());
  }

  @Override
  public void adam(
      Tensor params,
      Tensor gradient,
      Tensor m,
      Tensor v,
      long step,
      float learningRate,
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      Tensor skip) {
    Bindings b =
        update(params, gradient, skip)
            .put("m", Address.of(m))
            .put("v", Address.of(v))
            .put("learning_rate", learningRate)
            .put("beta1", beta1)
            .put("beta2", beta2)
            .put("correction1", (float) (1 / (1 - Math.pow(beta1, step))))
            .put("correction2", (float) (1 / (1 - Math.pow(beta2, step))))
            .put("epsilon", epsilon)
            .put("weight_decay", weightDecay);
    run(list -> list.elementwise(Kernels.ADAM, b, params.shape().elements()));
  }

  @Override
  public void fill(Tensor t, float value) {
    run(list -> Views.each(t, rows -> RowWork.fill(list, rows, value)));
  }

  @Override
  public void copy(Tensor src, Tensor dst) {
    run(list -> Views.pair(src, dst, (from, to) -> RowWork.copy(list, from, to)));
  }

  @Override
  public void addScaled(Tensor src, float scale, Tensor dst) {
    run(list -> Views.pair(src, dst, (from, to) -> RowWork.add(list, from, scale, to)));
  }

  /** Frees scratch. */
  synchronized void close() {
    if (products != null) {
      products.close();
      products = null;
    }
    if (productScratch != null) {
      productScratch.free();
      productScratch = null;
    }
    if (scratch != null) {
      scratch.free();
      scratch = null;
    }
  }
}
