package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Copies into lanes and back, and products, against loops over elements, with guard bands. */
class BatchLanesTest {
  private static final int[] ROWS = {1, 2, 7, 8, 15, 16, 17, 24, 31, 32};
  private static final int[] COUNTS = {1, 3, 8, 15, 16, 17, 48, 64, 65, 130, 200};

  private final BatchLanes lanes = new VectorLanes();
  private final Random random = new Random(3);

  private int[] rows() {
    return Arrays.stream(ROWS).filter(n -> n <= lanes.width()).toArray();
  }

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static float[] nan(int count) {
    float[] values = new float[count];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  @Test
  void rowsIntoLanes() {
    int width = lanes.width();
    for (int rows : rows()) {
      for (int count : COUNTS) {
        int stride = count + rows % 5;
        float[] source = values(3 + rows * stride);
        float[] panel = nan(9 + count * width);
        float[] expected = panel.clone();
        for (int k = 0; k < count; k++) {
          for (int r = 0; r < width; r++) {
            expected[4 + k * width + r] = r < rows ? source[3 + r * stride + k] : 0;
          }
        }
        lanes.toLanes(rows, count, source, 3, stride, panel, 4, nan(lanes.scratch()));
        assertArrayEquals(expected, panel, rows + " rows of " + count);
      }
    }
  }

  @Test
  void lanesIntoRows() {
    int width = lanes.width();
    for (int rows : rows()) {
      for (int count : COUNTS) {
        int stride = count + rows % 5;
        float[] panel = values(5 + count * width);
        float[] target = nan(7 + rows * stride);
        float[] expected = target.clone();
        for (int k = 0; k < count; k++) {
          for (int r = 0; r < rows; r++) {
            expected[2 + r * stride + k] = panel[5 + k * width + r];
          }
        }
        lanes.toRows(rows, count, panel, 5, target, 2, stride, nan(lanes.scratch()));
        assertArrayEquals(expected, target, rows + " rows of " + count);
      }
    }
  }

  /** Products by ascending k, fused, from zero. */
  @Test
  void products() {
    int width = lanes.width();
    int tile = lanes.tile();
    for (int depth : new int[] {1, 2, 5, 64, 131}) {
      for (int panels : new int[] {1, 3}) {
        int tiles = 2;
        int columns = depth + 3;
        float[] weights = values(tiles * tile * columns);
        float[] packed = nan(tiles * tile * columns + 1);
        for (int i = 0; i < tiles; i++) {
          float[] rows = Arrays.copyOfRange(weights, i * tile * columns, (i + 1) * tile * columns);
          lanes.packTile(columns, rows, packed, 1 + i * tile * columns);
        }
        int panelStep = depth * width + 5;
        float[] panel = values(panels * panelStep);
        int targetStep = tiles * tile * width + 6;
        float[] target = nan(8 + panels * targetStep);
        float[] expected = target.clone();
        int from = 2;
        for (int g = 0; g < panels; g++) {
          for (int row = 0; row < tiles * tile; row++) {
            for (int n = 0; n < width; n++) {
              float sum = 0;
              for (int k = 0; k < depth; k++) {
                float x = panel[g * panelStep + k * width + n];
                sum = Math.fma(weights[row * columns + from + k], x, sum);
              }
              expected[8 + g * targetStep + row * width + n] = sum;
            }
          }
        }
        lanes.multiply(
            tiles,
            depth,
            packed,
            1 + from * tile,
            tile * columns,
            panels,
            panel,
            0,
            panelStep,
            target,
            8,
            targetStep);
        assertArrayEquals(expected, target, "depth " + depth + ", panels " + panels);
      }
    }
  }
}
