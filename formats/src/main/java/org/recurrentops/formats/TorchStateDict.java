package org.recurrentops.formats;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * The weights of one PyTorch {@code nn.RNN}, {@code nn.GRU} or {@code nn.LSTM} in a safetensors
 * file, by PyTorch's names: {@code save_file(model.state_dict(), path)} in Python, {@link #load}
 * here, and back.
 */
public final class TorchStateDict {
  private final RnnSpec spec;
  private final String prefix;
  private final boolean rounding;
  private final WeightConverter converter;

  private TorchStateDict(RnnSpec spec, String prefix, boolean rounding) {
    this.spec = spec;
    this.prefix = prefix;
    this.rounding = rounding;
    converter = WeightConverter.of(WeightFormat.PYTORCH, spec);
  }

  /**
   * The module itself was saved: names without a prefix.
   *
   * @param spec of the module
   * @return a reader and writer
   * @throws IllegalArgumentException if PyTorch has no such module
   */
  public static TorchStateDict of(RnnSpec spec) {
    return new TorchStateDict(spec, "", false);
  }

  /**
   * The module was a member of another. Tensors without the prefix are then none of ours.
   *
   * @param memberPrefix such as {@code rnn.}; empty for none
   * @return the same with a prefix
   */
  public TorchStateDict prefix(String memberPrefix) {
    return new TorchStateDict(spec, memberPrefix, rounding);
  }

  /**
   * Lets F64 tensors be rounded to float32 instead of refused.
   *
   * @return the same with rounding
   */
  public TorchStateDict rounding() {
    return new TorchStateDict(spec, prefix, true);
  }

  /**
   * Reads the module's weights.
   *
   * @param path of the file
   * @return flat canonical parameters, to upload
   * @throws SafetensorsException naming file and tensor: missing, one too many, of a wrong type or
   *     shape
   */
  public float[] load(Path path) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      return load(file);
    }
  }

  /**
   * Reads the module's weights from an open file.
   *
   * @param file stays open
   * @return flat canonical parameters, to upload
   * @throws SafetensorsException as {@link #load(Path)}
   */
  public float[] load(SafetensorsFile file) {
    Map<String, Shape> expected = converter.tensors();
    Set<String> extra = new TreeSet<>();
    for (String name : file.entries().keySet()) {
      if (name.startsWith(prefix) && !expected.containsKey(name.substring(prefix.length()))) {
        extra.add(name);
      }
    }
    Map<String, float[]> weights = new LinkedHashMap<>();
    expected.forEach((name, shape) -> weights.put(name, tensor(file, prefix + name, shape)));
    if (!extra.isEmpty()) {
      throw new SafetensorsException(
          file.path() + ": tensors " + extra + ": expected none of these for " + spec.label());
    }
    try {
      return converter.toParameters(weights);
    } catch (IllegalArgumentException e) {
      throw new SafetensorsException(file.path() + ": " + e.getMessage(), e);
    }
  }

  private float[] tensor(SafetensorsFile file, String name, Shape shape) {
    SafetensorsEntry e = file.entries().get(name);
    if (e == null || !e.shape().equals(shape)) {
      throw new SafetensorsException(
          file.path()
              + ": tensor '"
              + name
              + "': expected "
              + shape
              + " for "
              + spec.label()
              + ", got "
              + (e == null ? "only " + file.entries().keySet() : e.shape()));
    }
    return rounding ? file.roundedFloats(name) : file.floats(name);
  }

  /**
   * Writes parameters so that {@code load_file} and {@code load_state_dict} read them in Python.
   *
   * @param path replaced if it exists
   * @param parameters flat canonical parameters
   * @throws IOException if writing fails; a former file is then intact
   */
  public void save(Path path, float[] parameters) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    Map<String, Shape> shapes = converter.tensors();
    converter
        .fromParameters(parameters)
        .forEach((name, values) -> writer.add(prefix + name, shapes.get(name), values));
    writer.write(path);
  }
}
