package org.recurrentops.bench.peers;

import java.util.function.Supplier;
import org.recurrentops.bench.layers.LayerShape;

/** One layer on another library, its weights given once. */
interface Peer extends AutoCloseable {
  /** Name, version and implementation. */
  String detail();

  /** One forward pass or one training step, waited for. */
  void run();

  /** What the last pass computed, [T,N,H]. */
  float[] output();

  @Override
  void close();

  /** A peer whose run is forward and backward, with the gradients of inputs and parameters. */
  interface Training extends Peer {
    /** Sets the gradient of the outputs, [T,N,H]. */
    void outputGradient(float[] dy);

    /** What the last step computed, [T,N,C]. */
    float[] inputGradient();

    /** What the last step computed, in the canonical layout. */
    float[] parameterGradient();
  }

  /**
   * Opens a peer for inference.
   *
   * @param name onnxruntime, onednn, libtorch or dl4j
   * @param params in the canonical layout
   * @param x [T,N,C]
   * @param threads that it may use
   */
  static Peer open(String name, LayerShape shape, float[] params, float[] x, int threads) {
    return loading(
        name,
        () ->
            switch (name) {
              case "onnxruntime" -> new OnnxRuntimePeer(shape, params, x, threads);
              case "onednn" -> new OneDnnForward(shape, params, x, threads);
              case "libtorch" -> new LibTorchForward(shape, params, x, threads);
              case "dl4j" -> new Dl4jPeer(shape, params, x, threads);
              default ->
                  throw new IllegalArgumentException(
                      "peer: expected onnxruntime, onednn, libtorch or dl4j, got '" + name + "'");
            });
  }

  /**
   * Opens a peer for training.
   *
   * @param name onednn or libtorch
   * @param params in the canonical layout
   * @param x [T,N,C]
   * @param threads that it may use
   */
  static Training train(String name, LayerShape shape, float[] params, float[] x, int threads) {
    return loading(
        name,
        () ->
            switch (name) {
              case "onednn" -> new OneDnnTraining(shape, params, x, threads);
              case "libtorch" -> new LibTorchTraining(shape, params, x, threads);
              default ->
                  throw new IllegalArgumentException(
                      "peer: expected onednn or libtorch for training, got '" + name + "'");
            });
  }

  private static <T> T loading(String name, Supplier<T> opening) {
    try {
      return opening.get();
    } catch (LinkageError e) {
      // Without a cause: JMH's runner tells the innermost message, and this one says which peer.
      throw new IllegalStateException(
          "peer "
              + name
              + ": its native library does not load: "
              + e
              + "; it is packaged for linux-x86_64 and lies in bench/target/peers after a build with"
              + " -Ppeers");
    }
  }
}
