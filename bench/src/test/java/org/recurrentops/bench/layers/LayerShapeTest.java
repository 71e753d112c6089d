package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.CellType;

class LayerShapeTest {
  @Test
  void readsEverySizeIntoItsPlace() {
    assertEquals(
        new LayerShape(CellType.LSTM, 50, 32, 128, 512), LayerShape.parse("lstm-t50n32c128h512"));
    assertEquals(new LayerShape(CellType.GRU, 1, 2, 3, 4), LayerShape.parse("gru-t1n2c3h4"));
    assertEquals(
        new LayerShape(CellType.VANILLA_TANH, 4, 3, 2, 1), LayerShape.parse("vanilla-t4n3c2h1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"lstm-t50n32c512h512", "gru-t7n1c33h64", "gru-t7n1h64", "vanilla-t257n3c1h9"})
  void writesWhatItReads(String text) {
    assertEquals(text, LayerShape.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "lstm",
        "lstm-t50n32c512",
        "lstm-n32t50c512h512",
        "lstm-t0n32c512h512",
        "lstm-t-1n32c512h512",
        "rnn-t5n3c2h2",
        "LSTM-t5n3c2h2",
        "lstm-t5n3c2h2 ",
        "lstm-t5n3c2h9999999999"
      })
  void badTextIsRefusedWithWhatIsExpected(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> LayerShape.parse(text)).getMessage();
    assertTrue(message.contains("expected <cell>-t<T>n<N>c<C>h<H>"), message);
    assertTrue(message.endsWith("got '" + text + "'"), message);
  }

  @Test
  void countsTheProductsOfAForwardPassAndThreeTimesThatInTraining() {
    LayerShape shape = LayerShape.parse("lstm-t50n32c512h512");
    // 2·50·32·2048·1024
    assertEquals(6_710_886_400L, shape.forwardFlops());
    assertEquals(6_710_886_400L, Pass.FORWARD.flops(shape));
    assertEquals(20_132_659_200L, Pass.TRAINING.flops(shape));
    // 2·2·3·3·7·(5+7) and 2·2·3·1·7·(5+7)
    assertEquals(3024, LayerShape.parse("gru-t2n3c5h7").forwardFlops());
    assertEquals(1008, LayerShape.parse("vanilla-t2n3c5h7").forwardFlops());
  }

  @Test
  void withoutInputProductThereIsOneMatrixAndItsOperationsOnly() {
    LayerShape shape = LayerShape.parse("lstm-t50n32h512");
    assertEquals(512, shape.inputSize());
    assertEquals(6_710_886_400L / 2, shape.forwardFlops());
    assertEquals(0, shape.inputFlops());
    assertEquals(shape, LayerShape.parse("lstm-t50n32c512h512").withoutInputProduct());
    long biases = 2 * 4 * 512;
    assertEquals(
        4 * 512 * 512 + biases, org.recurrentops.ParameterLayout.of(shape.spec()).elements());
    assertEquals(
        ShapeList.read("deepbench-training").stream().mapToLong(LayerShape::recurrentFlops).sum(),
        ShapeList.read("deepbench-training-recurrent").stream()
            .mapToLong(LayerShape::forwardFlops)
            .sum());
  }

  @Test
  void doesNotOverflowAtLargeSizes() {
    assertEquals(
        2L * 4096 * 256 * 4 * 4096 * 8192,
        LayerShape.parse("lstm-t4096n256c4096h4096").forwardFlops());
  }
}
