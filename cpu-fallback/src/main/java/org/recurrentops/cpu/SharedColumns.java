package org.recurrentops.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.recurrentops.cpu.math.Gemm;
import org.recurrentops.cpu.math.PackedProduct;

/** Columns of a gradient slab, and all weights whose gradients they give. */
final class SharedColumns {
  /** Columns that are shared out together: a cache line. */
  private static final int UNIT = 16;

  /** Floats of a block of gradients on its way into memory that is no array. */
  private static final int ROOM = 1 << 17;

  private final Gemm gemm;
  private final int mostRows;
  private final Slab g;
  private final int column;
  private final int count;

  /** Rows of the gradients for which neither g nor what comes of it takes too much room. */
  private final int blockRows;

  private final PackedProduct[] inPlace;
  private final List<WeightPart> copied = new ArrayList<>();
  private final List<OperandPanels> copiedPanels = new ArrayList<>();

  private SharedColumns(
      Gemm gemm,
      int mostRows,
      Slab g,
      int column,
      int end,
      List<WeightPart> parts,
      List<OperandPanels> panels) {
    this.gemm = gemm;
    this.mostRows = mostRows;
    this.g = g;
    this.column = column;
    this.count = end - column;
    List<PackedProduct> products = new ArrayList<>();
    for (WeightPart p : parts) {
      if (p.g() == g && p.column() < end && column < p.column() + p.rows()) {
        OperandPanels own = panels.stream().filter(o -> o.hold(p.operand())).findAny().get();
        int row = p.firstRow() + column - p.column();
        if (p.target().inPlace()) {
          products.add(own.product(p.target(), row, p.accumulate()));
        } else {
          copied.add(p);
          copiedPanels.add(own);
        }
      }
    }
    inPlace = products.toArray(new PackedProduct[0]);
    int widest = copiedPanels.stream().mapToInt(OperandPanels::width).max().orElse(1);
    blockRows = ROOM / Math.max(1, Math.min(ROOM, Math.max(widest, mostRows)));
  }

  /** Cuts slabs wherever a weight's columns begin or end; for chunks of at most so many rows. */
  static SharedColumns[] of(
      Gemm gemm, int mostRows, List<WeightPart> parts, List<OperandPanels> panels) {
    List<SharedColumns> all = new ArrayList<>();
    List<Slab> slabs = parts.stream().map(WeightPart::g).distinct().toList();
    for (Slab g : slabs) {
      TreeSet<Integer> cuts = new TreeSet<>();
      for (WeightPart p : parts) {
        if (p.g() == g) {
          cuts.add(p.column());
          cuts.add(p.column() + p.rows());
        }
      }
      for (int from = cuts.first(); cuts.higher(from) != null; from = cuts.higher(from)) {
        all.add(new SharedColumns(gemm, mostRows, g, from, cuts.higher(from), parts, panels));
      }
    }
    return all.toArray(new SharedColumns[0]);
  }

  /**
   * Computes this worker's share of a chunk.
   *
   * @param sites which rows of the sequence are valid, or null if all are
   * @param from the chunk's first row, or its first site
   * @param depth how many rows it has
   * @param add whether the chunk is added to another
   */
  void run(Worker w, int[] sites, int from, int depth, boolean add) {
    int end = w.to(count, UNIT);
    int height = sites == null && copied.isEmpty() ? count : Math.min(count, blockRows);
    for (int m = w.from(count, UNIT); m < end; m += height) {
      int some = Math.min(height, end - m);
      float[] left = g.data;
      int at = g.atRow(from) + column + m;
      int stride = g.width;
      if (sites != null) {
        left = w.left(mostRows * height);
        for (int k = 0; k < depth; k++) {
          System.arraycopy(g.data, g.atRow(sites[from + k]) + column + m, left, k * some, some);
        }
        at = 0;
        stride = some;
      }
      if (inPlace.length > 0) {
        gemm.gemmPackedEach(inPlace, add, m, some, depth, left, at, stride, w.scratch(gemm));
      }
      throughCopies(w, m, some, depth, left, at, stride, add);
    }
  }

  private void throughCopies(
      Worker w, int m, int rows, int depth, float[] left, int at, int stride, boolean add) {
    for (int i = 0; i < copied.size(); i++) {
      WeightPart p = copied.get(i);
      OperandPanels panels = copiedPanels.get(i);
      int row = p.firstRow() + column - p.column() + m;
      float[] copy = w.result(blockRows * panels.width());
      boolean onto = add || p.accumulate();
      if (onto) {
        p.target().load(row, row + rows, 0, panels.width(), copy, 0);
      }
      panels.multiply(w, rows, depth, left, at, stride, copy, onto);
      p.target().store(row, row + rows, 0, panels.width(), copy, 0);
    }
  }
}
