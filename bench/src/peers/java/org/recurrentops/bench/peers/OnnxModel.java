package org.recurrentops.bench.peers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.recurrentops.Direction;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.formats.OnnxAttributes;
import org.recurrentops.formats.OnnxLayer;
import org.recurrentops.formats.OnnxOp;

/**
 * A model of one recurrent node with its weights inside: X [T,N,C] → Y [T,1,N,H]. Field numbers are
 * those of onnx.proto, intermediate representation 8, operator set 14.
 */
final class OnnxModel {
  private static final int FLOAT = 1;
  private static final int INT = 2;

  private OnnxModel() {}

  static byte[] of(LayerShape s, float[] params) {
    OnnxOp op =
        switch (s.cell().gates()) {
          case 4 -> OnnxOp.LSTM;
          case 3 -> OnnxOp.GRU;
          default -> OnnxOp.RNN;
        };
    OnnxLayer.Weights weights = weights(s, op, params);
    long rows = (long) op.gates() * s.hiddenSize();
    ProtoMessage node = new ProtoMessage();
    List.of("X", "W", "R", "B").forEach(name -> node.text(1, name));
    node.text(2, "Y").text(4, op.name()).message(5, integer("hidden_size", s.hiddenSize()));
    if (op == OnnxOp.GRU) {
      node.message(5, integer("linear_before_reset", 1));
    }
    ProtoMessage graph =
        new ProtoMessage()
            .message(1, node)
            .text(2, "layer")
            .message(5, tensor("W", weights.w(), 1, rows, s.inputSize()))
            .message(5, tensor("R", weights.r(), 1, rows, s.hiddenSize()))
            .message(5, tensor("B", weights.b(), 1, 2 * rows))
            .message(11, value("X", s.steps(), s.batch(), s.inputSize()))
            .message(12, value("Y", s.steps(), 1, s.batch(), s.hiddenSize()));
    return new ProtoMessage()
        .number(1, 8)
        .message(7, graph)
        .message(8, new ProtoMessage().text(1, "").number(2, 14))
        .bytes();
  }

  private static OnnxLayer.Weights weights(LayerShape s, OnnxOp op, float[] params) {
    double[] flat = new double[params.length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = params[i];
    }
    OnnxAttributes attributes =
        new OnnxAttributes(
            Direction.FORWARD,
            s.hiddenSize(),
            op.defaultActivations(),
            null,
            0,
            op == OnnxOp.GRU,
            false,
            List.of());
    return new OnnxLayer(op, attributes, s.inputSize(), true, false).fromParameters(flat);
  }

  private static ProtoMessage integer(String name, long value) {
    return new ProtoMessage().text(1, name).number(3, value).number(20, INT);
  }

  private static ProtoMessage tensor(String name, double[] values, long... dims) {
    ProtoMessage tensor = new ProtoMessage();
    for (long d : dims) {
      tensor.number(1, d);
    }
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double v : values) {
      raw.putFloat((float) v);
    }
    return tensor.number(2, FLOAT).text(8, name).bytes(9, raw.array());
  }

  private static ProtoMessage value(String name, long... dims) {
    ProtoMessage shape = new ProtoMessage();
    for (long d : dims) {
      shape.message(1, new ProtoMessage().number(1, d));
    }
    ProtoMessage tensor = new ProtoMessage().number(1, FLOAT).message(2, shape);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }
}
