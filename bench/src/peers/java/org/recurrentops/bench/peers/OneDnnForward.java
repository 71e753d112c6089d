package org.recurrentops.bench.peers;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.bytedeco.javacpp.FloatPointer;
import org.recurrentops.bench.layers.LayerShape;

/** oneDNN's recurrent primitives; weights are reordered once into the layout that it prefers. */
final class OneDnnForward extends OneDnnLayer {
  private final primitive pass;
  private final IntMemoryMap arguments = own(new IntMemoryMap());
  private final FloatPointer y;
  private final String implementation;

  OneDnnForward(LayerShape s, float[] params, float[] x, int threads) {
    super(s, params, threads);
    OneDnnDescriptors descriptors = new OneDnnDescriptors(this);
    rnn_primitive_desc_base made = own(descriptors.forward(prop_kind.forward_inference));
    pass = own(descriptors.forwardPass(made));
    implementation = made.impl_info_str().getString();
    arguments.put(dnnl.DNNL_ARG_SRC_LAYER, filled(src, x));
    arguments.put(
        dnnl.DNNL_ARG_WEIGHTS_LAYER,
        reordered(
            filled(inputWeights(format_tag.ldgoi), weights.input()), made.weights_layer_desc()));
    arguments.put(
        dnnl.DNNL_ARG_WEIGHTS_ITER,
        reordered(
            filled(recurrentWeights(format_tag.ldgoi), weights.recurrent()),
            made.weights_iter_desc()));
    arguments.put(dnnl.DNNL_ARG_BIAS, filled(bias, weights.bias()));
    y = own(new FloatPointer((long) s.steps() * s.batch() * s.hiddenSize()));
    arguments.put(dnnl.DNNL_ARG_DST_LAYER, over(dst, y));
  }

  @Override
  public String detail() {
    return version() + ", " + implementation;
  }

  @Override
  public void run() {
    pass.execute(queue, arguments);
    queue._wait();
  }

  @Override
  public float[] output() {
    return read(y);
  }
}
