package org.recurrentops.tck.broken;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.recurrentops.DType;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendQueue;

/**
 * Reads and writes tensors behind core's back, so that nothing is counted, and puts inputs back as
 * they were. Slow: a fault needs no speed.
 */
final class Edits {
  private final BackendDevice device;
  private final BackendQueue queue;
  private final Deque<Runnable> undo = new ArrayDeque<>();

  Edits(BackendDevice device, BackendQueue queue) {
    this.device = device;
    this.queue = queue;
  }

  /** Elements in row-major order. */
  float[] floats(Tensor t) {
    float[] values = new float[(int) t.shape().elements()];
    move(t, values, false);
    return values;
  }

  double[] doubles(Tensor t) {
    double[] values = new double[(int) t.shape().elements()];
    move(t, values, false);
    return values;
  }

  byte[] bytes(Tensor t) {
    byte[] values = new byte[(int) t.shape().elements()];
    move(t, values, false);
    return values;
  }

  int[] ints(Tensor t) {
    int[] values = new int[(int) t.shape().elements()];
    move(t, values, false);
    return values;
  }

  void write(Tensor t, Object values) {
    move(t, values, true);
  }

  /** Changes an F32 tensor for good; null is left alone. */
  void change(Tensor t, Consumer<float[]> edit) {
    if (t != null) {
      float[] values = floats(t);
      edit.accept(values);
      write(t, values);
    }
  }

  /** Changes an F32 tensor until {@link #undo}; null is left alone. */
  void lend(Tensor t, Consumer<float[]> edit) {
    if (t != null) {
      float[] values = floats(t);
      float[] before = values.clone();
      edit.accept(values);
      write(t, values);
      undo.push(() -> write(t, before));
    }
  }

  /** Changes an I32 tensor until {@link #undo}; null is left alone. */
  void lendInts(Tensor t, Consumer<int[]> edit) {
    if (t != null) {
      int[] values = ints(t);
      int[] before = values.clone();
      edit.accept(values);
      write(t, values);
      undo.push(() -> write(t, before));
    }
  }

  /** Changes a U8 tensor until {@link #undo}; null is left alone. */
  void lendBytes(Tensor t, Consumer<byte[]> edit) {
    if (t != null) {
      byte[] values = bytes(t);
      byte[] before = values.clone();
      edit.accept(values);
      write(t, values);
      undo.push(() -> write(t, before));
    }
  }

  /** Writes one element of the buffer, which may lie outside of any tensor. */
  void poke(Tensor t, long bufferElement, float value) {
    if (bufferElement >= 0 && bufferElement < t.buffer().elements()) {
      device.upload(queue, t.buffer(), bufferElement, new float[] {value}, 0, 1);
    }
  }

  void undo() {
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
  }

  private void move(Tensor t, Object values, boolean upload) {
    if (t.shape().elements() == 0) {
      return;
    }
    int last = t.rank() - 1;
    if (t.rank() == 0 || t.stride(last) == 1 || t.dim(last) == 1) {
      int width = t.rank() == 0 ? 1 : (int) t.dim(last);
      for (int row = 0; row < t.rows(); row++) {
        transfer(t, t.rowOffset(row), values, row * width, width, upload);
      }
      return;
    }
    int width = (int) t.dim(last); // only a transposed view of indices or a mask has no stride of 1
    for (int row = 0; row < t.rows(); row++) {
      for (int i = 0; i < width; i++) {
        long at = t.rowOffset(row) + i * t.stride(last);
        transfer(t, at, values, row * width + i, 1, upload);
      }
    }
  }

  private void transfer(Tensor t, long at, Object values, int from, int count, boolean upload) {
    if (upload) {
      device.upload(queue, t.buffer(), at, values, from, count);
    } else {
      device.download(queue, t.buffer(), at, values, from, count);
    }
  }

  static boolean isIndex(Tensor x) {
    return x.dtype() == DType.I32;
  }
}
