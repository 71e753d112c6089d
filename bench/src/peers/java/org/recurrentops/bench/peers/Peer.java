package org.recurrentops.bench.peers;

import org.recurrentops.bench.layers.LayerShape;

/** One layer on another library: weights given once, forward for inference. */
interface Peer extends AutoCloseable {
  /** Name, version and implementation. */
  String detail();

  /** One forward pass, waited for. */
  void run();

  /** What the last pass computed, [T,N,H]. */
  float[] output();

  @Override
  void close();

  /**
   * Opens a peer.
   *
   * @param name onnxruntime or onednn
   * @param params in the canonical layout
   * @param x [T,N,C]
   * @param threads that it may use
   */
  static Peer open(String name, LayerShape shape, float[] params, float[] x, int threads) {
    try {
      return switch (name) {
        case "onnxruntime" -> new OnnxRuntimePeer(shape, params, x, threads);
        case "onednn" -> new OneDnnPeer(shape, params, x, threads);
        default ->
            throw new IllegalArgumentException(
                "peer: expected onnxruntime or onednn, got '" + name + "'");
      };
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "peer "
              + name
              + ": its native library does not load: "
              + e
              + "; it is packaged for linux-x86_64",
          e);
    }
  }
}
