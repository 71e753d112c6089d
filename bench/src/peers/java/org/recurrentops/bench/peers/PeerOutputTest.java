package org.recurrentops.bench.peers;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.ParameterLayout;
import org.recurrentops.bench.layers.LayerCheck;
import org.recurrentops.bench.layers.LayerSetup;
import org.recurrentops.bench.layers.LayerShape;

class PeerOutputTest {
  @ParameterizedTest
  @CsvSource({
    "onnxruntime, lstm-t5n3c7h33",
    "onnxruntime, gru-t5n3c7h33",
    "onnxruntime, vanilla-t5n3c7h33",
    "onnxruntime, gru-t1n1c1h1",
    "onednn, lstm-t5n3c7h33",
    "onednn, gru-t5n3c7h33",
    "onednn, vanilla-t5n3c7h33",
    "onednn, gru-t1n1c1h1",
    "libtorch, lstm-t5n3c7h33",
    "libtorch, gru-t5n3c7h33",
    "libtorch, vanilla-t5n3c7h33",
    "dl4j, lstm-t5n3c7h33",
    "dl4j, lstm-t1n1c1h1"
  })
  void computesWhatTheReferenceComputesAndNotWithOtherWeights(String name, String text) {
    LayerShape shape = LayerShape.parse(text);
    int count = Math.toIntExact(ParameterLayout.of(shape.spec()).elements());
    float[] params = LayerSetup.uniform(count, 1 / Math.sqrt(shape.hiddenSize()), 1);
    float[] x = LayerSetup.uniform((long) shape.steps() * shape.batch() * shape.inputSize(), 1, 2);
    LayerCheck check = new LayerCheck(shape, params, x);
    try (Peer peer = Peer.open(name, shape, params, x, Runtime.getRuntime().availableProcessors())) {
      peer.run();
      check.forward(peer.output());
      assertTrue(peer.detail().length() > 5);
    }
    params[0] += 0.5f;
    try (Peer peer = Peer.open(name, shape, params, x, Runtime.getRuntime().availableProcessors())) {
      peer.run();
      assertThrows(IllegalStateException.class, () -> check.forward(peer.output()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "onednn, lstm-t1n3c7h33",
    "onednn, lstm-t5n3c7h33",
    "onednn, gru-t5n3c7h33",
    "onednn, vanilla-t5n3c7h33",
    "libtorch, lstm-t5n3c7h33",
    "libtorch, gru-t5n3c7h33",
    "libtorch, vanilla-t5n3c7h33"
  })
  void everyTrainingStepHasTheGradientsOfTheReferenceAndNoneOfTheStepBefore(
      String name, String text) {
    PeerTraining state = new PeerTraining();
    state.backend = name;
    state.shape = text;
    state.open();
    state.compare();
    state.checkAgainAndClose();
  }
}
