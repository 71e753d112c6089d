package org.recurrentops.bench.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorVector;
import org.recurrentops.bench.layers.LayerShape;

/** Forward and backward of PyTorch's layer; gradients are dropped before each step. */
final class LibTorchTraining extends LibTorchLayer implements Peer.Training {
  private final Tensor dy;
  private final BoolOptional keepGraph = new BoolOptional();
  private final TensorArrayRefOptional allInputs = new TensorArrayRefOptional();
  private float[] y;

  LibTorchTraining(LayerShape shape, float[] params, float[] input, int threads) {
    super(shape, params, input, threads);
    dy =
        Tensor.create(
            new float[shape.steps() * shape.batch() * shape.hiddenSize()],
            shape.steps(),
            shape.batch(),
            shape.hiddenSize());
    x.set_requires_grad(true);
    layer.train(true);
  }

  @Override
  public void run() {
    step(false);
  }

  private void step(boolean keepOutput) {
    try (PointerScope pass = new PointerScope()) {
      layer.zero_grad(true);
      x.mutable_grad().reset();
      Tensor out = forward();
      if (keepOutput) {
        y = read(out);
      }
      out.backward(dy, keepGraph, false, allInputs);
    }
  }

  @Override
  public float[] output() {
    step(true);
    return y;
  }

  @Override
  public void outputGradient(float[] values) {
    java.nio.FloatBuffer buffer = dy.createBuffer();
    buffer.put(values);
  }

  @Override
  public float[] inputGradient() {
    return read(x.grad());
  }

  @Override
  public float[] parameterGradient() {
    TensorVector all = layer.parameters();
    float[][] parts = new float[Math.toIntExact(all.size())][];
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = read(all.get(i).grad());
      count += parts[i].length;
    }
    float[] joined = new float[count];
    int from = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, joined, from, part.length);
      from += part.length;
    }
    return joined;
  }
}
