package org.recurrentops.formats;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Outputs and gradients in the names and layout of a case file: what it expects, or what was got.
 *
 * @param outputs by name, such as {@code Y_h}
 * @param grads by name of the input, such as {@code W}; empty if there are none
 */
public record CaseResult(Map<String, CaseTensor> outputs, Map<String, CaseTensor> grads) {

  /** Copies the maps, keeping their order. */
  public CaseResult {
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    grads = Collections.unmodifiableMap(new LinkedHashMap<>(grads));
  }
}
