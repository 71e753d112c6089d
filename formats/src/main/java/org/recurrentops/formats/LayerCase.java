package org.recurrentops.formats;

import java.util.function.Function;
import org.recurrentops.RnnSpec;

/** A conformance case in this library's conventions, and the way back. */
public final class LayerCase {
  private final CaseFile file;
  private final RnnSpec spec;
  private final int steps;
  private final int batch;
  private final LayerData data;
  private final Function<LayerResult, CaseResult> wayBack;

  LayerCase(
      CaseFile file,
      RnnSpec spec,
      int steps,
      int batch,
      LayerData data,
      Function<LayerResult, CaseResult> wayBack) {
    this.file = file;
    this.spec = spec;
    this.steps = steps;
    this.batch = batch;
    this.data = data;
    this.wayBack = wayBack;
  }

  /**
   * The case it was made from.
   *
   * @return names, expectations and scales
   */
  public CaseFile file() {
    return file;
  }

  /**
   * What to compute.
   *
   * @return the spec
   */
  public RnnSpec spec() {
    return spec;
  }

  /**
   * T.
   *
   * @return timesteps
   */
  public int steps() {
    return steps;
  }

  /**
   * N.
   *
   * @return batch rows
   */
  public int batch() {
    return batch;
  }

  /**
   * What to feed.
   *
   * @return data in this library's layout
   */
  public LayerData data() {
    return data;
  }

  /**
   * Whether gradients are expected.
   *
   * @return true if backward is to be run
   */
  public boolean hasGradients() {
    return !file.expected().grads().isEmpty();
  }

  /**
   * Converts results back.
   *
   * @param result in this library's layout; null where the case expects nothing
   * @return the tensors that the case expects, in its names and layout
   */
  public CaseResult toFileLayout(LayerResult result) {
    return wayBack.apply(result);
  }
}
