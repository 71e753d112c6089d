package org.recurrentops.bench.peers;

import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.recurrentops.CellType;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.formats.WeightConverter;
import org.recurrentops.formats.WeightFormat;

/** Deeplearning4j's LSTM, forward; its two biases are summed, as it has one. */
final class Dl4jPeer implements Peer {
  private final int threads;
  private final MultiLayerNetwork network;
  private final INDArray x;
  private INDArray y;

  Dl4jPeer(LayerShape s, float[] params, float[] input, int threads) {
    if (s.cell() != CellType.LSTM) {
      throw new IllegalArgumentException("dl4j: expected the shape of an lstm, got " + s);
    }
    this.threads = threads;
    PassiveThreads.waitPassively();
    PassiveThreads.set("OMP_NUM_THREADS", String.valueOf(threads));
    PassiveThreads.set("OPENBLAS_NUM_THREADS", "1");
    network = network(s);
    Map<String, float[]> weights =
        WeightConverter.of(WeightFormat.DL4J, s.spec()).mergeBiases().fromParameters(params);
    weights.forEach(this::load);
    INDArray timeMajor = Nd4j.create(input, new long[] {s.steps(), s.batch(), s.inputSize()}, 'c');
    x = timeMajor.permute(1, 2, 0).dup('f'); // [N,C,T], in which its steps are contiguous
  }

  private static MultiLayerNetwork network(LayerShape s) {
    LSTM layer =
        new LSTM.Builder()
            .nIn(s.inputSize())
            .nOut(s.hiddenSize())
            .activation(Activation.TANH)
            .gateActivationFunction(Activation.SIGMOID)
            .build();
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder().list().layer(layer).build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private void load(String name, float[] values) {
    INDArray parameter = network.getParam("0_" + name.substring(0, name.indexOf('_')));
    parameter.assign(Nd4j.create(values, parameter.shape(), 'f'));
  }

  @Override
  public String detail() {
    return "Deeplearning4j 1.0.0-M2.1, OMP_NUM_THREADS="
        + threads
        + ", OMP_WAIT_POLICY=PASSIVE, OPENBLAS_NUM_THREADS=1";
  }

  @Override
  public void run() {
    y = network.output(x);
  }

  @Override
  public float[] output() {
    return y.permute(2, 0, 1).dup('c').data().asFloat();
  }

  @Override
  public void close() {
    network.clear();
  }
}
