package org.recurrentops.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import org.recurrentops.bench.layers.LayerShape;

/** ONNX Runtime on its CPU provider; input and output lie in direct buffers that are bound once. */
final class OnnxRuntimePeer implements Peer {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final OnnxTensor x;
  private final OnnxTensor y;
  private final FloatBuffer output;

  OnnxRuntimePeer(LayerShape s, float[] params, float[] input, int threads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      session = environment.createSession(OnnxModel.of(s, params), options);
      FloatBuffer in = direct(input.length).put(input).rewind();
      x = OnnxTensor.createTensor(environment, in, dims(s.steps(), s.batch(), s.inputSize()));
      output = direct(s.steps() * s.batch() * s.hiddenSize());
      y =
          OnnxTensor.createTensor(
              environment, output, dims(s.steps(), 1, s.batch(), s.hiddenSize()));
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
    }
  }

  private static long[] dims(long... dims) {
    return dims;
  }

  private static FloatBuffer direct(int elements) {
    return ByteBuffer.allocateDirect(4 * elements).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  @Override
  public String detail() {
    return "ONNX Runtime " + environment.getVersion() + ", CPU provider, all optimisations";
  }

  @Override
  public void run() {
    try (OrtSession.Result result = session.run(Map.of("X", x), Map.of("Y", y))) {
      if (result.size() != 1) {
        throw new IllegalStateException("onnxruntime: expected one output, got " + result.size());
      }
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
    }
  }

  @Override
  public float[] output() {
    float[] values = new float[output.capacity()];
    output.duplicate().rewind().get(values);
    return values;
  }

  @Override
  public void close() {
    try {
      x.close();
      y.close();
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
    }
  }
}
