package org.recurrentops.bench.peers;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GRUImpl;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.RNNImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.recurrentops.bench.layers.LayerShape;

/** PyTorch's LSTM, GRU or RNN with tanh; its parameters have our names, order and shapes. */
abstract class LibTorchLayer implements Peer {
  private final PointerScope scope = new PointerScope();
  private final LayerShape shape;
  final Module layer;
  final Tensor x;

  LibTorchLayer(LayerShape shape, float[] params, float[] input, int threads) {
    PassiveThreads.waitPassively();
    this.shape = shape;
    torch.set_num_threads(threads);
    layer =
        switch (shape.cell().gates()) {
          case 4 -> new LSTMImpl(shape.inputSize(), shape.hiddenSize());
          case 3 -> new GRUImpl(shape.inputSize(), shape.hiddenSize());
          default -> new RNNImpl(shape.inputSize(), shape.hiddenSize());
        };
    x = Tensor.create(input, shape.steps(), shape.batch(), shape.inputSize());
    load(params);
  }

  private void load(float[] params) {
    TensorVector all = layer.parameters();
    int from = 0;
    try (NoGradGuard constant = new NoGradGuard()) {
      for (long i = 0; i < all.size(); i++) {
        Tensor parameter = all.get(i);
        FloatBuffer values = parameter.createBuffer();
        int count = values.remaining();
        values.put(params, from, count);
        from += count;
      }
    }
    if (from != params.length) {
      throw new IllegalStateException(
          "libtorch: expected " + params.length + " parameters, got " + from);
    }
  }

  /** y of the layer, [T,N,H]. */
  final Tensor forward() {
    return switch (shape.cell().gates()) {
      case 4 -> ((LSTMImpl) layer).forward(x).get0();
      case 3 -> ((GRUImpl) layer).forward(x).get0();
      default -> ((RNNImpl) layer).forward(x).get0();
    };
  }

  static float[] read(Tensor t) {
    Tensor dense = t.contiguous();
    FloatBuffer values = dense.createBuffer();
    float[] copy = new float[values.remaining()];
    values.get(copy);
    return copy;
  }

  @Override
  public String detail() {
    return "libtorch 2.10.0, "
        + torch.get_num_threads()
        + " OpenMP threads, OMP_WAIT_POLICY=PASSIVE";
  }

  @Override
  public void close() {
    scope.close();
  }
}
