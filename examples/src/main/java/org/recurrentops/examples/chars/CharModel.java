package org.recurrentops.examples.chars;

import org.recurrentops.Initializer;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.SequenceHead;
import org.recurrentops.Tensor;

/**
 * Recurrent layers over symbols and a linear head that scores the next one. The parameters of both
 * lie in one flat buffer, layers first, so that clipping and the optimiser see one array.
 */
public final class CharModel implements AutoCloseable {
  private final RecurrentOps ops;
  private final RnnSpec spec;
  private final SequenceHead head;
  private final long layerCount;
  private final Tensor params;

  /**
   * Allocates the parameters.
   *
   * @param ops the device
   * @param spec the layers; C is the number of symbols
   */
  public CharModel(RecurrentOps ops, RnnSpec spec) {
    this.ops = ops;
    this.spec = spec;
    this.head = SequenceHead.of(ops, spec, spec.inputSize());
    this.layerCount = ParameterLayout.of(spec).elements();
    this.params = ops.allocate(parameters(spec));
  }

  /**
   * Size of the flat buffer.
   *
   * @param spec the layers; C is the number of symbols
   * @return parameters of layers and head
   */
  public static long parameters(RnnSpec spec) {
    long outputs = spec.inputSize();
    return ParameterLayout.of(spec).elements() + outputs * spec.outputSize() + outputs;
  }

  /**
   * Gives the parameters their first values.
   *
   * @param seed any number
   */
  public void initialise(long seed) {
    Initializer initializer = Initializer.pytorch(seed).withForgetBias(1);
    layers(params).upload(ParameterLayout.of(spec).initialValues(initializer));
    headOf(params).upload(head.initialValues(seed));
  }

  /**
   * The layers' part of a flat buffer.
   *
   * @param flat parameters or gradients
   * @return view
   */
  public Tensor layers(Tensor flat) {
    return flat.slice(0, 0, layerCount);
  }

  /**
   * The head's part of a flat buffer.
   *
   * @param flat parameters or gradients
   * @return view
   */
  public Tensor headOf(Tensor flat) {
    return flat.slice(0, layerCount, flat.dim(0));
  }

  /**
   * The device.
   *
   * @return the ops
   */
  public RecurrentOps ops() {
    return ops;
  }

  /**
   * The layers.
   *
   * @return their spec
   */
  public RnnSpec spec() {
    return spec;
  }

  /**
   * The output layer.
   *
   * @return the head
   */
  public SequenceHead head() {
    return head;
  }

  /**
   * All parameters.
   *
   * @return the flat buffer
   */
  public Tensor params() {
    return params;
  }

  @Override
  public void close() {
    params.close();
  }
}
