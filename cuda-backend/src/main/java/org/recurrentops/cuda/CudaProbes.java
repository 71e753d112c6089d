package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.DeviceKind;
import org.recurrentops.spi.HardwareProbes;

/**
 * Experiments on NVIDIA GPUs. First the unit tests of every PTX piece, against what Java computes,
 * and of their plain C++ twins; then what the model of the kernels assumes: residency, latencies,
 * rates; and persistent layers made of these pieces.
 */
public final class CudaProbes implements HardwareProbes {
  private static final List<Probe> ALL = list();

  /** For ServiceLoader. */
  public CudaProbes() {}

  private static List<Probe> list() {
    List<Probe> all = new ArrayList<>(PieceProbes.all());
    all.addAll(MmaProbes.all());
    all.addAll(ExchangeProbes.all());
    all.addAll(RateProbes.all());
    all.addAll(LaunchProbes.all());
    all.addAll(PersistentProbes.all());
    all.addAll(PersistentMmaProbes.all());
    return List.copyOf(all);
  }

  @Override
  public String backend() {
    return "cuda";
  }

  @Override
  public List<String> names() {
    return ALL.stream().map(Probe::name).toList();
  }

  @Override
  public void run(String deviceId, boolean timed, Consumer<Finding> found) {
    String failure = CudaDriver.failure();
    if (failure.isEmpty() && !ProbeDevice.isPackaged()) {
      failure = "this jar was built without nvcc, so it holds no probes";
    }
    if (!failure.isEmpty()) {
      throw new BackendUnavailableException(deviceId + ": " + failure);
    }
    CudaProperties properties =
        CudaDriver.devices().stream()
            .filter(d -> d.info().id().equals(deviceId) && d.lacking().isEmpty())
            .findFirst()
            .orElseThrow(
                () -> new BackendUnavailableException(deviceId + ": expected a usable device"));
    if (timed && properties.info().kind() == DeviceKind.SOFTWARE) {
      throw new IllegalArgumentException(
          deviceId + " is an emulation for tests, which is never timed");
    }
    try (ProbeDevice device = new ProbeDevice(properties, timed)) {
      for (Probe probe : ALL) {
        found.accept(probe.run(device));
      }
    }
  }
}
