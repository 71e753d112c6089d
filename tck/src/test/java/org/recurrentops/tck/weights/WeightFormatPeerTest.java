package org.recurrentops.tck.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpec;
import org.recurrentops.formats.WeightConverter;
import org.recurrentops.formats.WeightFormat;
import org.recurrentops.tck.reference.ReferenceCall;
import org.recurrentops.tck.reference.ReferenceRnn;
import org.recurrentops.tck.reference.ReferenceRun;
import org.recurrentops.tck.weights.SystemStep.State;

/**
 * Every format against its system's own equations: random tensors in the system's layout give the
 * same step there as our float64 reference gives with the imported parameters. Swapped gates, a
 * forgotten transposition or a lost bias cannot pass.
 */
class WeightFormatPeerTest {
  private static final int INPUTS = 5;
  private static final int HIDDEN = 7;
  private static final int PROJECTION = 3;

  private static RnnSpec spec(CellType cell) {
    return RnnSpec.of(cell, INPUTS, HIDDEN).build();
  }

  private static RnnSpec peepholes() {
    return RnnSpec.lstm(INPUTS, HIDDEN).peepholes().build();
  }

  private static RnnSpec projected() {
    return RnnSpec.lstm(INPUTS, HIDDEN).projection(PROJECTION).build();
  }

  private static Arguments peer(
      WeightFormat format, RnnSpec spec, String name, Function<SystemStep, State> step) {
    return Arguments.of(format, spec, Named.of(name, step));
  }

  static Stream<Arguments> peers() {
    RnnSpec lstm = spec(CellType.LSTM);
    RnnSpec gru = spec(CellType.GRU);
    RnnSpec before = spec(CellType.GRU_RESET_BEFORE);
    RnnSpec vanilla = spec(CellType.VANILLA_TANH);
    WeightFormat igo = WeightFormat.ONEDNN_LDIGO;
    WeightFormat goi = WeightFormat.ONEDNN_LDGOI;
    return Stream.of(
        peer(WeightFormat.KERAS, lstm, "LSTM", SystemStep::kerasLstm),
        peer(WeightFormat.KERAS, gru, "GRU reset_after", s -> s.kerasGru(true)),
        peer(WeightFormat.KERAS, before, "GRU", s -> s.kerasGru(false)),
        peer(WeightFormat.KERAS, vanilla, "SimpleRNN", SystemStep::kerasRnn),
        peer(WeightFormat.CUDNN, lstm, "LSTM", s -> s.cudnnLstm(false)),
        peer(WeightFormat.CUDNN, projected(), "LSTM projected", s -> s.cudnnLstm(true)),
        peer(WeightFormat.CUDNN, gru, "GRU", SystemStep::cudnnGru),
        peer(igo, lstm, "vanilla_lstm", s -> s.oneDnnLstm(true, false, false)),
        peer(goi, lstm, "vanilla_lstm", s -> s.oneDnnLstm(false, false, false)),
        peer(igo, peepholes(), "peepholes", s -> s.oneDnnLstm(true, true, false)),
        peer(igo, projected(), "projection", s -> s.oneDnnLstm(true, false, true)),
        peer(goi, projected(), "projection", s -> s.oneDnnLstm(false, false, true)),
        peer(igo, gru, "lbr_gru", s -> s.oneDnnGru(true, true)),
        peer(goi, gru, "lbr_gru", s -> s.oneDnnGru(false, true)),
        peer(igo, before, "vanilla_gru", s -> s.oneDnnGru(true, false)),
        peer(goi, before, "vanilla_gru", s -> s.oneDnnGru(false, false)),
        peer(WeightFormat.DL4J, lstm, "LSTM", s -> s.dl4jLstm(false)),
        peer(WeightFormat.DL4J, peepholes(), "GravesLSTM", s -> s.dl4jLstm(true)),
        peer(WeightFormat.DL4J, vanilla, "SimpleRnn", SystemStep::dl4jRnn),
        peer(WeightFormat.HASTE, lstm, "LSTM", SystemStep::hasteLstm),
        peer(WeightFormat.HASTE, gru, "GRU", SystemStep::hasteGru));
  }

  @ParameterizedTest
  @MethodSource("peers")
  void oneStepAgrees(WeightFormat format, RnnSpec spec, Function<SystemStep, State> step) {
    long seed = 20261121;
    Random random = new Random(seed);
    WeightConverter converter = WeightConverter.of(format, spec);
    Map<String, float[]> weights = new LinkedHashMap<>();
    converter
        .tensors()
        .forEach((name, shape) -> weights.put(name, floats(random, (int) shape.elements())));
    double[] x = doubles(floats(random, spec.inputSize()));
    double[] h = doubles(floats(random, spec.stateSize()));
    double[] c = spec.cell().hasCellState() ? doubles(floats(random, HIDDEN)) : null;
    State expected = step.apply(new SystemStep(weights, HIDDEN, x, h, c));
    ReferenceRun run =
        new ReferenceRnn(spec, doubles(converter.toParameters(weights)))
            .forward(ReferenceCall.dense(1, 1, x).initialStates(h, c));
    String where = format + " " + spec + " seed " + seed;
    assertArrayEquals(expected.h(), run.hN(), 1e-13, where);
    if (c != null) {
      assertArrayEquals(expected.c(), run.cN(), 1e-13, where);
    }
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
