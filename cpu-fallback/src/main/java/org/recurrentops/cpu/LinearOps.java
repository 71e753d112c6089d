package org.recurrentops.cpu;

import org.recurrentops.Tensor;
import org.recurrentops.cpu.math.Gemm;

/**
 * The linear layer and its gradients, block by block; blocks are copied only where they must be.
 */
final class LinearOps {
  /** Rows that one product reduces over; fixed, so that sums have one order for any layout. */
  private static final int DEPTH = 512;

  /** Rows and columns of a block of results. */
  private static final int BLOCK_ROWS = 64;

  private static final int BLOCK_COLUMNS = 256;

  private final Gemm gemm;
  private final Workforce workforce;

  LinearOps(Gemm gemm, Workforce workforce) {
    this.gemm = gemm;
    this.workforce = workforce;
  }

  /** y (+)= x Wᵀ + b. */
  void linear(Tensor x, Tensor weight, Tensor bias, Tensor y, boolean accumulate) {
    Rows in = new Rows(x);
    Rows w = new Rows(weight);
    Rows out = new Rows(y);
    Rows b = bias == null ? null : new Rows(bias);
    product(true, in, w, b, out, accumulate);
  }

  void backward(
      Tensor x,
      Tensor weight,
      Tensor dy,
      Tensor dx,
      Tensor dWeight,
      Tensor dBias,
      boolean accumulate) {
    Rows g = new Rows(dy);
    if (dx != null) {
      product(false, g, new Rows(weight), null, new Rows(dx), false);
    }
    if (dWeight != null) {
      weightGradient(g, new Rows(x), new Rows(dWeight), accumulate);
    }
    if (dBias != null) {
      columnSums(g, new Rows(dBias), accumulate);
    }
  }

  /** out (+)= in·op(w) + bias; workers split the rows, or the columns where rows are few. */
  private void product(
      boolean transposed, Rows in, Rows w, Rows bias, Rows out, boolean accumulate) {
    int rows = in.count();
    int columns = out.width();
    long work = (long) rows * columns * in.width();
    workforce.run(
        worker -> {
          boolean byRows = rows >= 8 * worker.workers();
          int r0 = byRows ? worker.from(rows, 1) : 0;
          int r1 = byRows ? worker.to(rows, 1) : rows;
          int c0 = byRows ? 0 : worker.from(columns, 16);
          int c1 = byRows ? columns : worker.to(columns, 16);
          Block left = new Block();
          Block right = new Block();
          Block result = new Block();
          for (int c = c0; c < c1; c += BLOCK_COLUMNS) {
            int width = Math.min(BLOCK_COLUMNS, c1 - c);
            right(transposed, w, c, width, right, worker);
            for (int r = r0; r < r1; r += BLOCK_ROWS) {
              int end = Math.min(r1, r + BLOCK_ROWS);
              left.read(in, r, end, 0, in.width(), worker.left(room(in, BLOCK_ROWS, in.width())));
              result.write(
                  out, r, end, c, width, accumulate, worker.result(room(out, BLOCK_ROWS, width)));
              boolean add = accumulate || bias != null;
              if (bias != null) {
                addBias(bias, c, width, end - r, result, accumulate, worker);
              }
              multiply(
                  false, transposed, end - r, width, in.width(), left, right, result, add, worker);
              result.finish();
            }
          }
        },
        work);
  }

  private static int room(Rows rows, int count, int width) {
    return rows.inPlace() ? 0 : count * width;
  }

  /** Columns of op(w): rows of w if it is used transposed. */
  private static void right(
      boolean transposed, Rows w, int c, int width, Block block, Worker worker) {
    if (transposed) {
      block.read(w, c, c + width, 0, w.width(), worker.right(room(w, width, w.width())));
    } else {
      block.read(w, 0, w.count(), c, width, worker.right(room(w, w.count(), width)));
    }
  }

  private static void addBias(
      Rows bias, int c, int width, int rows, Block result, boolean accumulate, Worker worker) {
    float[] b = worker.lane(0);
    bias.read(0, c, width, b, 0);
    for (int r = 0; r < rows; r++) {
      int at = result.offset + r * result.stride;
      if (!accumulate) {
        System.arraycopy(b, 0, result.data, at, width);
        continue;
      }
      for (int j = 0; j < width; j++) {
        result.data[at + j] += b[j];
      }
    }
  }

  private void multiply(
      boolean transLeft,
      boolean transRight,
      int m,
      int n,
      int k,
      Block a,
      Block b,
      Block c,
      boolean add,
      Worker worker) {
    gemm.gemm(
        transLeft,
        transRight,
        m,
        n,
        k,
        a.data,
        a.offset,
        a.stride,
        b.data,
        b.offset,
        b.stride,
        c.data,
        c.offset,
        c.stride,
        add,
        worker.scratch(gemm));
  }

  /** out [M,K] (+)= gᵀ·x; workers split M. */
  private void weightGradient(Rows g, Rows x, Rows out, boolean accumulate) {
    int rows = g.count();
    long work = (long) rows * g.width() * x.width();
    workforce.run(
        worker -> {
          int from = worker.from(out.count(), 4);
          int to = worker.to(out.count(), 4);
          Block left = new Block();
          Block right = new Block();
          Block result = new Block();
          for (int m = from; m < to; m += BLOCK_COLUMNS) {
            int end = Math.min(to, m + BLOCK_COLUMNS);
            int height = end - m;
            result.write(
                out, m, end, 0, x.width(), accumulate, worker.result(room(out, height, x.width())));
            for (int r = 0; r == 0 || r < rows; r += DEPTH) {
              int depth = Math.min(DEPTH, rows - r);
              left.read(g, r, r + depth, m, height, worker.left(room(g, DEPTH, height)));
              right.read(x, r, r + depth, 0, x.width(), worker.right(room(x, DEPTH, x.width())));
              multiply(
                  true,
                  false,
                  height,
                  x.width(),
                  depth,
                  left,
                  right,
                  result,
                  accumulate || r > 0,
                  worker);
            }
            result.finish();
          }
        },
        work);
  }

  /** out [M] (+)= the sum of g's rows. */
  private void columnSums(Rows g, Rows out, boolean accumulate) {
    int rows = g.count();
    workforce.run(
        worker -> {
          int to = worker.to(g.width(), 16);
          float[] sums = worker.lane(0);
          for (int c = worker.from(g.width(), 16); c < to; c += Worker.LANE) {
            int width = Math.min(Worker.LANE, to - c);
            if (accumulate) {
              out.read(0, c, width, sums, 0);
            } else {
              java.util.Arrays.fill(sums, 0, width, 0f);
            }
            Block block = new Block();
            for (int r = 0; r < rows; r += DEPTH) {
              int depth = Math.min(DEPTH, rows - r);
              block.read(g, r, r + depth, c, width, worker.right(room(g, DEPTH, width)));
              ColumnSums.add(worker, block.data, block.offset, block.stride, depth, sums, width);
            }
            out.write(0, c, width, sums, 0);
          }
        },
        (long) rows * g.width());
  }
}
