package org.recurrentops.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.global.dnnl.rnn_direction;
import org.bytedeco.dnnl.lbr_gru_forward;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.bytedeco.dnnl.stream;
import org.bytedeco.dnnl.vanilla_rnn_forward;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.recurrentops.bench.layers.LayerShape;

/** oneDNN's recurrent primitives; weights are reordered once into the layout that it prefers. */
final class OneDnnPeer implements Peer {
  private final List<Pointer> owned = new ArrayList<>();
  private final engine cpu;
  private final stream queue;
  private final primitive layer;
  private final IntMemoryMap arguments = own(new IntMemoryMap());
  private final FloatPointer y;
  private final String implementation;

  OneDnnPeer(LayerShape s, float[] params, float[] x, int threads) {
    Loader.load(dnnl.class);
    String omp = System.getenv("OMP_NUM_THREADS");
    if (omp != null && !omp.equals(String.valueOf(threads))) {
      throw new IllegalStateException(
          "onednn: expected OMP_NUM_THREADS unset or " + threads + ", got " + omp);
    }
    cpu = own(new engine(engine.kind.cpu, 0));
    queue = own(new stream(cpu));
    OneDnnWeights weights = new OneDnnWeights(s, params);
    memory.desc src = desc(format_tag.tnc, s.steps(), s.batch(), s.inputSize());
    memory.desc dst = desc(format_tag.tnc, s.steps(), s.batch(), s.hiddenSize());
    long gates = s.cell().gates();
    long[] input = {1, 1, s.inputSize(), gates, s.hiddenSize()};
    long[] recurrent = {1, 1, s.hiddenSize(), gates, s.hiddenSize()};
    long[] biases = {1, 1, weights.biasGates(), s.hiddenSize()};
    memory.desc bias = desc(format_tag.ldgo, biases);
    memory.desc anyInput = desc(format_tag.any, input);
    memory.desc anyRecurrent = desc(format_tag.any, recurrent);
    memory.desc none = own(new memory.desc());
    rnn_primitive_desc_base made;
    prop_kind kind = prop_kind.forward_inference;
    rnn_direction way = rnn_direction.unidirectional_left2right;
    memory.desc wi;
    memory.desc wr;
    switch ((int) gates) {
      case 4 -> {
        var d =
            new lstm_forward.primitive_desc(
                cpu, kind, way, src, none, none, anyInput, anyRecurrent, bias, dst, none, none);
        wi = d.weights_layer_desc();
        wr = d.weights_iter_desc();
        layer = own(new lstm_forward(d));
        made = d;
      }
      case 3 -> {
        var d =
            new lbr_gru_forward.primitive_desc(
                cpu, kind, way, src, none, anyInput, anyRecurrent, bias, dst, none);
        wi = d.weights_layer_desc();
        wr = d.weights_iter_desc();
        layer = own(new lbr_gru_forward(d));
        made = d;
      }
      default -> {
        algorithm tanh = algorithm.eltwise_tanh;
        var d =
            new vanilla_rnn_forward.primitive_desc(
                cpu, kind, tanh, way, src, none, anyInput, anyRecurrent, bias, dst, none);
        wi = d.weights_layer_desc();
        wr = d.weights_iter_desc();
        layer = own(new vanilla_rnn_forward(d));
        made = d;
      }
    }
    implementation = made.impl_info_str().getString();
    own(made);
    arguments.put(dnnl.DNNL_ARG_SRC_LAYER, filled(src, x));
    arguments.put(
        dnnl.DNNL_ARG_WEIGHTS_LAYER,
        reordered(filled(desc(format_tag.ldgoi, input), weights.input()), wi));
    arguments.put(
        dnnl.DNNL_ARG_WEIGHTS_ITER,
        reordered(filled(desc(format_tag.ldgoi, recurrent), weights.recurrent()), wr));
    arguments.put(dnnl.DNNL_ARG_BIAS, filled(bias, weights.bias()));
    y = own(new FloatPointer((long) s.steps() * s.batch() * s.hiddenSize()));
    arguments.put(dnnl.DNNL_ARG_DST_LAYER, own(new memory(dst, cpu, y)));
  }

  private <T extends Pointer> T own(T pointer) {
    owned.add(pointer);
    return pointer;
  }

  private memory.desc desc(format_tag tag, long... dims) {
    return own(new memory.desc(dims, data_type.f32, tag));
  }

  private memory filled(memory.desc desc, float[] values) {
    FloatPointer data = own(new FloatPointer(values));
    return own(new memory(desc, cpu, data));
  }

  private memory reordered(memory from, memory.desc to) {
    memory target = own(new memory(own(to), cpu));
    IntMemoryMap pair = own(new IntMemoryMap());
    pair.put(dnnl.DNNL_ARG_SRC, from);
    pair.put(dnnl.DNNL_ARG_DST, target);
    own(new reorder(own(new reorder.primitive_desc(from, target)))).execute(queue, pair);
    queue._wait();
    return target;
  }

  @Override
  public String detail() {
    return String.format(
        "oneDNN %d.%d.%d, %s",
        dnnl.DNNL_VERSION_MAJOR,
        dnnl.DNNL_VERSION_MINOR,
        dnnl.DNNL_VERSION_PATCH,
        implementation);
  }

  @Override
  public void run() {
    layer.execute(queue, arguments);
    queue._wait();
  }

  @Override
  public float[] output() {
    float[] values = new float[Math.toIntExact(y.limit())];
    y.position(0).get(values);
    return values;
  }

  @Override
  public void close() {
    for (int i = owned.size() - 1; i >= 0; i--) {
      owned.get(i).close();
    }
  }
}
