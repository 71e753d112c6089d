package org.recurrentops.cuda;

import java.util.List;
import java.util.stream.Collectors;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Counters;
import org.recurrentops.DeviceException;
import org.recurrentops.gpu.GemmKernels;
import org.recurrentops.gpu.GpuBackendDevice;
import org.recurrentops.gpu.Recording;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.ProbeResult;

/**
 * The backend named {@code cuda}: NVIDIA GPUs of compute capability 7.5 and newer, through the
 * driver interface. Matrix products as {@link GemmLadder} finds them; the system property {@code
 * recurrentops.cuda.gemm} forces a rung. Kernels as packaged machine code, as packaged PTX where
 * the driver is too old for that, or compiled by NVRTC at run time where the build had no nvcc; the
 * system property {@code recurrentops.cuda.kernels} ({@code fatbin}, {@code ptx} or {@code nvrtc})
 * forces one.
 */
public final class CudaBackend implements Backend {
  /** For ServiceLoader. */
  public CudaBackend() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public ProbeResult probe() {
    KernelImages images = KernelImages.find();
    String failure = CudaDriver.failure();
    if (failure.isEmpty()) {
      failure = images.failure();
    }
    if (!failure.isEmpty()) {
      return ProbeResult.unavailable(failure);
    }
    try {
      String detail = GemmLadder.find().describe() + ", " + images.describe();
      List<CudaProperties> found = CudaDriver.devices();
      List<CudaProperties> usable = found.stream().filter(d -> d.lacking().isEmpty()).toList();
      return usable.isEmpty()
          ? ProbeResult.unavailable("no device can run the kernels: " + list(found))
          : ProbeResult.available(usable.stream().map(d -> d.info(detail)).toList());
    } catch (BackendUnavailableException e) {
      return ProbeResult.unavailable(e.getMessage());
    } catch (DeviceException e) {
      return ProbeResult.unavailable("the NVIDIA driver failed: " + e.getMessage());
    }
  }

  private static String list(List<CudaProperties> found) {
    return found.stream()
        .map(d -> d.info().id() + " " + d.info().name() + ": " + d.lacking())
        .collect(Collectors.joining("; "));
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    return new GpuBackendDevice(openDevice(deviceId, counters));
  }

  /** The device without the host program around it. */
  CudaDevice openDevice(String deviceId, Counters counters) {
    ProbeResult probe = probe();
    if (!probe.isAvailable()) {
      throw new BackendUnavailableException(deviceId + ": " + probe.reason());
    }
    CudaProperties wanted =
        CudaDriver.devices().stream()
            .filter(d -> d.info().id().equals(deviceId) && d.lacking().isEmpty())
            .findFirst()
            .orElseThrow(
                () ->
                    new BackendUnavailableException(
                        deviceId + ": expected one of " + probe.devices()));
    GemmLadder ladder = GemmLadder.find();
    Recording recording = CudaRecorder.policy();
    CudaContext context = null;
    try {
      context = new CudaContext(wanted, KernelImages.find());
      context.function(GemmKernels.TILED); // so that a driver without a form for it is told of here
      return new CudaDevice(context, counters, ladder, recording);
    } catch (DeviceException e) {
      if (context != null) {
        context.close();
      }
      throw new BackendUnavailableException(deviceId + " cannot be opened: " + e.getMessage(), e);
    }
  }
}
