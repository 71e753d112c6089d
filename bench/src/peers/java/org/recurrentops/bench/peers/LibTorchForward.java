package org.recurrentops.bench.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.recurrentops.bench.layers.LayerShape;

/** PyTorch's layer in inference mode. */
final class LibTorchForward extends LibTorchLayer {
  private float[] last;

  LibTorchForward(LayerShape shape, float[] params, float[] input, int threads) {
    super(shape, params, input, threads);
    layer.eval();
  }

  @Override
  public void run() {
    try (PointerScope pass = new PointerScope();
        InferenceMode mode = new InferenceMode(true)) {
      forward();
    }
  }

  @Override
  public float[] output() {
    try (PointerScope pass = new PointerScope();
        InferenceMode mode = new InferenceMode(true)) {
      Tensor y = forward();
      last = read(y);
    }
    return last;
  }
}
