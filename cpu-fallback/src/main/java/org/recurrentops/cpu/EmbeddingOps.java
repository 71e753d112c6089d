package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/** Rows of a table by index, and the gradient of the table. */
final class EmbeddingOps {
  private final Workforce workforce;

  EmbeddingOps(Workforce workforce) {
    this.workforce = workforce;
  }

  void embedding(Tensor indices, Tensor table, Tensor y) {
    Indices index = new Indices(indices);
    index.require("embedding", (int) table.dim(0), 1, null);
    Rows from = new Rows(table);
    Rows to = new Rows(y);
    workforce.run(
        worker -> {
          int end = worker.to(to.count(), 1);
          float[] row = worker.result(to.width());
          for (int r = worker.from(to.count(), 1); r < end; r++) {
            from.read(index.get(r), 0, to.width(), row, 0);
            to.write(r, 0, to.width(), row, 0);
          }
        },
        (long) to.count() * to.width() / 4);
  }

  /** Workers split the features, so that each sum runs in row order. */
  void backward(Tensor indices, Tensor dy, Tensor dTable, boolean accumulate) {
    Indices index = new Indices(indices);
    index.require("embeddingBackward", (int) dTable.dim(0), 1, null);
    Rows gradient = new Rows(dy);
    Rows table = new Rows(dTable);
    int width = table.width();
    workforce.run(
        worker -> {
          int from = worker.from(width, 16);
          int count = worker.to(width, 16) - from;
          if (count <= 0) {
            return;
          }
          float[] sum = worker.result(count);
          float[] row = worker.left(count);
          if (!accumulate) {
            java.util.Arrays.fill(sum, 0, count, 0f);
            for (int v = 0; v < table.count(); v++) {
              table.write(v, from, count, sum, 0);
            }
          }
          for (int r = 0; r < gradient.count(); r++) {
            int v = index.get(r);
            table.read(v, from, count, sum, 0);
            gradient.read(r, from, count, row, 0);
            for (int j = 0; j < count; j++) {
              sum[j] += row[j];
            }
            table.write(v, from, count, sum, 0);
          }
        },
        (long) gradient.count() * width / 4);
  }
}
