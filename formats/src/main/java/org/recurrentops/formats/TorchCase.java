package org.recurrentops.formats;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.RnnSpec;

/**
 * A case computed by PyTorch. Weights carry PyTorch's names and have our layout, so that importing
 * them is a copy; sequences are time-major.
 *
 * @param name file stem
 * @param config of the module
 * @param weights by PyTorch's names
 * @param inputs x [T,N,C] and, where given, h0, c0 [L·D,N,·]
 * @param lengths [N] or null: the rows were packed
 * @param cotangents y, hn, cn where given
 * @param expected outputs y, hn, cn; gradients of every weight and input
 * @param loss Σ y·dy + Σ hn·dhn + Σ cn·dcn
 */
public record TorchCase(
    String name,
    TorchConfig config,
    Map<String, CaseTensor> weights,
    Map<String, CaseTensor> inputs,
    int[] lengths,
    Map<String, CaseTensor> cotangents,
    CaseResult expected,
    double loss)
    implements CaseFile {

  /** Copies maps and lengths. */
  public TorchCase {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    cotangents = Collections.unmodifiableMap(new LinkedHashMap<>(cotangents));
    lengths = lengths == null ? null : lengths.clone();
  }

  @Override
  public String suite() {
    return "torch";
  }

  @Override
  public List<String> features() {
    return lengths == null ? List.of("grads") : List.of("grads", "seq_lens");
  }

  /** As the other suites define it: max(1, max|ref|) for outputs, max|ref| for gradients. */
  @Override
  public Map<String, Double> scales() {
    Map<String, Double> scales = new LinkedHashMap<>();
    expected.outputs().forEach((k, t) -> scales.put("outputs." + k, Math.max(1, largest(t))));
    expected.grads().forEach((k, t) -> scales.put("grads." + k, largest(t)));
    return scales;
  }

  private static double largest(CaseTensor t) {
    double largest = 0;
    for (double v : t.values()) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  @Override
  public Optional<String> refusal() {
    return config.others().isEmpty()
        ? Optional.empty()
        : Optional.of("settings " + config.others() + " are unknown");
  }

  @Override
  public LayerCase toLayer() {
    Optional<String> reason = refusal();
    if (reason.isPresent()) {
      throw new UnsupportedCaseException(name, reason.get());
    }
    RnnSpec spec = config.spec();
    ParameterLayout layout = ParameterLayout.of(spec);
    LayerData data =
        new LayerData(
            parameters(layout),
            singles(inputs, "x"),
            singles(inputs, "h0"),
            singles(inputs, "c0"),
            lengths == null ? null : lengths.clone(),
            singles(cotangents, "y"),
            singles(cotangents, "hn"),
            singles(cotangents, "cn"));
    return new LayerCase(
        this, spec, config.steps(), config.batch(), data, r -> fromLayer(layout, r));
  }

  private static double[] singles(Map<String, CaseTensor> tensors, String key) {
    CaseTensor t = tensors.get(key);
    return t == null ? null : t.singles();
  }

  private double[] parameters(ParameterLayout layout) {
    double[] flat = new double[(int) layout.elements()];
    for (ParameterSlice s : layout.slices()) {
      double[] values = weights.get(s.name()).singles();
      System.arraycopy(values, 0, flat, (int) s.offset(), values.length);
    }
    return flat;
  }

  private CaseResult fromLayer(ParameterLayout layout, LayerResult r) {
    Map<String, CaseTensor> outputs = new LinkedHashMap<>();
    expected.outputs().forEach((k, t) -> outputs.put(k, like(t, output(k, r))));
    Map<String, CaseTensor> grads = new LinkedHashMap<>();
    expected.grads().forEach((k, t) -> grads.put(k, like(t, gradient(k, layout, r))));
    return new CaseResult(outputs, grads);
  }

  private static CaseTensor like(CaseTensor t, double[] values) {
    return CaseTensor.of(values, t.shape().dims());
  }

  private static double[] output(String key, LayerResult r) {
    return key.equals("y") ? r.y() : key.equals("hn") ? r.hN() : r.cN();
  }

  private static double[] gradient(String key, ParameterLayout layout, LayerResult r) {
    switch (key) {
      case "x":
        return r.dx();
      case "h0":
        return r.dh0();
      case "c0":
        return r.dc0();
      default:
        ParameterSlice s = layout.slice(key);
        int from = (int) s.offset();
        return java.util.Arrays.copyOfRange(r.dParams(), from, from + (int) s.elements());
    }
  }
}
