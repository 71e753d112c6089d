package org.recurrentops.formats;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A conformance case as its file says it. */
public sealed interface CaseFile permits OnnxCase, TorchCase {
  /**
   * File stem.
   *
   * @return the name
   */
  String name();

  /**
   * Where it comes from.
   *
   * @return {@code onnx}, {@code random} or {@code torch}
   */
  String suite();

  /**
   * Tags for selecting.
   *
   * @return such as {@code reverse}, {@code optional}
   */
  List<String> features();

  /**
   * What the case expects.
   *
   * @return outputs, and gradients if it has them
   */
  CaseResult expected();

  /**
   * What errors are measured in, by {@code outputs.Y}, {@code grads.W} …
   *
   * @return one scale per expected tensor
   */
  Map<String, Double> scales();

  /**
   * Why this library cannot run it.
   *
   * @return the missing feature, or empty
   */
  Optional<String> refusal();

  /**
   * Converts it to this library's conventions.
   *
   * @return the case, ready to run
   * @throws UnsupportedCaseException with the reason of {@link #refusal}
   */
  LayerCase toLayer();
}
