package org.recurrentops.cpu;

import java.util.Arrays;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.cpu.math.BatchLanes;

/**
 * The weights of one layer and direction where vectors hold batch rows, as tiles of the rows [W, b,
 * R, b'] of each gate's units, the last tile of a gate filled with zeros. b' is the bias of R h₋
 * where that is not folded into b, else zero.
 *
 * @param lanes multiplies them
 * @param gates G
 * @param units H
 * @param inputs C
 * @param unfolded gate row from which on the recurrent bias is not folded into that of the input
 * @param data memory of the tiles
 * @param offset their first element
 */
record LaneWeights(
    BatchLanes lanes, int gates, int units, int inputs, int unfolded, float[] data, int offset) {

  /** Floats of the weights of a layer. */
  static long length(BatchLanes lanes, int gates, int units, int inputs) {
    return (long) gates * LaneMemory.unitRows(lanes, units) * (inputs + units + 2L);
  }

  private int depth() {
    return inputs + units + 2;
  }

  /** Elements of a tile. */
  int step() {
    return lanes.tile() * depth();
  }

  /** A column of the tile that begins at a unit of a gate. */
  int at(int gate, int unit, int column) {
    int rows = gate * LaneMemory.unitRows(lanes, units) + unit;
    return offset + rows * depth() + column * lanes.tile();
  }

  /** Packs this worker's share. */
  void pack(Worker w, ParameterRows parameters) {
    int tile = lanes.tile();
    int perGate = LaneMemory.unitRows(lanes, units) / tile;
    int to = w.to(gates * perGate, 1);
    float[] rows = w.right(step());
    for (int i = w.from(gates * perGate, 1); i < to; i++) {
      int unit = i % perGate * tile;
      int count = Math.min(tile, units - unit);
      read(w, parameters, i / perGate * units + unit, count, rows);
      Arrays.fill(rows, count * depth(), tile * depth(), 0f);
      lanes.packTile(depth(), rows, data, at(i / perGate, unit, 0));
    }
  }

  private void read(Worker w, ParameterRows parameters, int row, int count, float[] rows) {
    Rows input = parameters.get(Kind.WEIGHT_IH);
    Rows recurrent = parameters.get(Kind.WEIGHT_HH);
    float[] b = bias(parameters.get(Kind.BIAS_IH), row, count, w.lane(0));
    float[] folding = bias(parameters.get(Kind.BIAS_HH), row, count, w.lane(1));
    for (int r = 0; r < count; r++) {
      int at = r * depth();
      boolean folded = row + r < unfolded;
      input.read(row + r, 0, inputs, rows, at);
      rows[at + inputs] = folded ? b[r] + folding[r] : b[r];
      recurrent.read(row + r, 0, units, rows, at + inputs + 1);
      rows[at + inputs + 1 + units] = folded ? 0f : folding[r];
    }
  }

  private static float[] bias(Rows biases, int from, int count, float[] target) {
    if (biases == null) {
      Arrays.fill(target, 0, count, 0f);
    } else {
      biases.read(0, from, count, target, 0);
    }
    return target;
  }
}
