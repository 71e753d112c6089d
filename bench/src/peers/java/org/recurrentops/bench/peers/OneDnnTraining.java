package org.recurrentops.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.recurrentops.bench.layers.LayerShape;

/**
 * A training step of oneDNN. Weights change from step to step, so each step reorders them into the
 * layouts that the two passes prefer, and their gradients back.
 */
final class OneDnnTraining extends OneDnnLayer implements Peer.Training {
  private final List<Runnable> reorders = new ArrayList<>();
  private final List<Runnable> reordersBack = new ArrayList<>();
  private final List<memory> sums = new ArrayList<>();
  private final IntMemoryMap forwards = own(new IntMemoryMap());
  private final IntMemoryMap backwards = own(new IntMemoryMap());
  private final primitive forward;
  private final primitive backward;
  private final FloatPointer y;
  private final FloatPointer dy;
  private final FloatPointer dx;
  private final FloatPointer dInput;
  private final FloatPointer dRecurrent;
  private final FloatPointer dBias;
  private final String implementation;

  OneDnnTraining(LayerShape s, float[] params, float[] x, int threads) {
    super(s, params, threads);
    OneDnnDescriptors descriptors = new OneDnnDescriptors(this);
    rnn_primitive_desc_base ahead = own(descriptors.forward(prop_kind.forward_training));
    rnn_primitive_desc_base back = own(descriptors.backward(ahead));
    forward = own(descriptors.forwardPass(ahead));
    backward = own(descriptors.backwardPass(back));
    implementation = back.impl_info_str().getString();
    long outputs = (long) s.steps() * s.batch() * s.hiddenSize();
    y = own(new FloatPointer(outputs));
    dy = own(new FloatPointer(outputs));
    dx = own(new FloatPointer((long) x.length));
    both(dnnl.DNNL_ARG_SRC_LAYER, filled(src, x));
    float[] zeros = new float[s.batch() * s.hiddenSize()];
    both(dnnl.DNNL_ARG_SRC_ITER, filled(state, zeros));
    backwards.put(dnnl.DNNL_ARG_DIFF_SRC_ITER, empty(state));
    if (s.cell().gates() == 4) {
      both(dnnl.DNNL_ARG_SRC_ITER_C, filled(state, zeros));
      backwards.put(dnnl.DNNL_ARG_DIFF_SRC_ITER_C, empty(state));
    }
    both(dnnl.DNNL_ARG_BIAS, filled(bias, weights.bias()));
    both(dnnl.DNNL_ARG_DST_LAYER, over(dst, y));
    both(dnnl.DNNL_ARG_WORKSPACE, empty(own(ahead.workspace_desc())));
    memory input = filled(inputWeights(format_tag.ldgoi), weights.input());
    memory recurrent = filled(recurrentWeights(format_tag.ldgoi), weights.recurrent());
    weights(dnnl.DNNL_ARG_WEIGHTS_LAYER, input, ahead.weights_layer_desc(), forwards);
    weights(dnnl.DNNL_ARG_WEIGHTS_ITER, recurrent, ahead.weights_iter_desc(), forwards);
    weights(dnnl.DNNL_ARG_WEIGHTS_LAYER, input, back.weights_layer_desc(), backwards);
    weights(dnnl.DNNL_ARG_WEIGHTS_ITER, recurrent, back.weights_iter_desc(), backwards);
    backwards.put(dnnl.DNNL_ARG_DIFF_DST_LAYER, over(dst, dy));
    backwards.put(dnnl.DNNL_ARG_DIFF_SRC_LAYER, over(src, dx));
    dInput =
        gradient(
            dnnl.DNNL_ARG_DIFF_WEIGHTS_LAYER,
            back.diff_weights_layer_desc(),
            inputWeights(format_tag.ldgoi),
            weights.input().length);
    dRecurrent =
        gradient(
            dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER,
            back.diff_weights_iter_desc(),
            recurrentWeights(format_tag.ldgoi),
            weights.recurrent().length);
    dBias = gradient(dnnl.DNNL_ARG_DIFF_BIAS, back.diff_bias_desc(), bias, weights.bias().length);
  }

  private void both(int argument, memory m) {
    forwards.put(argument, m);
    backwards.put(argument, m);
  }

  private void weights(int argument, memory plain, memory.desc format, IntMemoryMap pass) {
    memory preferred = empty(own(format));
    reorders.add(reorder(plain, preferred));
    pass.put(argument, preferred);
  }

  /** oneDNN adds to gradients of parameters, so they are set to zero before each pass. */
  private FloatPointer gradient(int argument, memory.desc format, memory.desc plain, int elements) {
    memory preferred = empty(own(format));
    sums.add(preferred);
    backwards.put(argument, preferred);
    FloatPointer values = own(new FloatPointer((long) elements));
    reordersBack.add(reorder(preferred, over(plain, values)));
    return values;
  }

  @Override
  public String detail() {
    return version() + ", " + implementation + ", weights and gradients reordered in each step";
  }

  @Override
  public void run() {
    reorders.forEach(Runnable::run);
    forward.execute(queue, forwards);
    for (memory sum : sums) {
      Pointer.memset(sum.get_data_handle(), 0, sum.get_desc().get_size());
    }
    backward.execute(queue, backwards);
    reordersBack.forEach(Runnable::run);
    queue._wait();
  }

  @Override
  public float[] output() {
    return read(y);
  }

  @Override
  public void outputGradient(float[] values) {
    dy.position(0).put(values);
  }

  @Override
  public float[] inputGradient() {
    return read(dx);
  }

  @Override
  public float[] parameterGradient() {
    return weights.ours(read(dInput), read(dRecurrent), read(dBias));
  }
}
