package org.recurrentops.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.recurrentops.bench.layers.LayerShape;

/** What a forward pass and a training step of oneDNN have in common: memory, formats, reorders. */
abstract class OneDnnLayer implements Peer {
  private final List<Pointer> owned = new ArrayList<>();
  final LayerShape shape;
  final engine cpu;
  final stream queue;
  final OneDnnWeights weights;
  final memory.desc src;
  final memory.desc dst;
  final memory.desc bias;
  final memory.desc state;
  final memory.desc none = own(new memory.desc());

  OneDnnLayer(LayerShape shape, float[] params, int threads) {
    Loader.load(dnnl.class);
    String omp = System.getenv("OMP_NUM_THREADS");
    if (omp != null && !omp.equals(String.valueOf(threads))) {
      throw new IllegalStateException(
          "onednn: expected OMP_NUM_THREADS unset or " + threads + ", got " + omp);
    }
    this.shape = shape;
    cpu = own(new engine(engine.kind.cpu, 0));
    queue = own(new stream(cpu));
    weights = new OneDnnWeights(shape, params);
    src = desc(format_tag.tnc, shape.steps(), shape.batch(), shape.inputSize());
    dst = desc(format_tag.tnc, shape.steps(), shape.batch(), shape.hiddenSize());
    state = desc(format_tag.ldnc, 1, 1, shape.batch(), shape.hiddenSize());
    bias = desc(format_tag.ldgo, 1, 1, weights.biasGates(), shape.hiddenSize());
  }

  final <T extends Pointer> T own(T pointer) {
    owned.add(pointer);
    return pointer;
  }

  final memory.desc desc(format_tag tag, long... dims) {
    return own(new memory.desc(dims, data_type.f32, tag));
  }

  /** Of the product with the input, in a format such as ldgoi. */
  final memory.desc inputWeights(format_tag tag) {
    return desc(tag, 1, 1, shape.inputSize(), shape.cell().gates(), shape.hiddenSize());
  }

  /** Of the product with the state. */
  final memory.desc recurrentWeights(format_tag tag) {
    return desc(tag, 1, 1, shape.hiddenSize(), shape.cell().gates(), shape.hiddenSize());
  }

  final memory filled(memory.desc desc, float[] values) {
    return over(desc, own(new FloatPointer(values)));
  }

  final memory over(memory.desc desc, FloatPointer data) {
    return own(new memory(desc, cpu, data));
  }

  final memory empty(memory.desc desc) {
    return own(new memory(desc, cpu));
  }

  /** A copy into another format, to be run as often as its source changes. */
  final Runnable reorder(memory from, memory to) {
    IntMemoryMap pair = own(new IntMemoryMap());
    pair.put(dnnl.DNNL_ARG_SRC, from);
    pair.put(dnnl.DNNL_ARG_DST, to);
    reorder copy = own(new reorder(own(new reorder.primitive_desc(from, to))));
    return () -> copy.execute(queue, pair);
  }

  final memory reordered(memory from, memory.desc format) {
    memory to = empty(own(format));
    reorder(from, to).run();
    queue._wait();
    return to;
  }

  static float[] read(FloatPointer data) {
    float[] values = new float[Math.toIntExact(data.limit())];
    data.position(0).get(values);
    return values;
  }

  static String version() {
    return String.format(
        "oneDNN %d.%d.%d",
        dnnl.DNNL_VERSION_MAJOR, dnnl.DNNL_VERSION_MINOR, dnnl.DNNL_VERSION_PATCH);
  }

  @Override
  public void close() {
    for (int i = owned.size() - 1; i >= 0; i--) {
      owned.get(i).close();
    }
  }
}
