package org.recurrentops.cuda;

import org.recurrentops.DeviceInfo;
import org.recurrentops.spi.ProbeResult;

/** Prints what the probe says, and the forms of the matrix product if there is a device. */
final class ProbeMain {
  private ProbeMain() {}

  public static void main(String[] args) {
    ProbeResult result = new CudaBackend().probe();
    for (DeviceInfo device : result.devices()) {
      System.out.println(device.id() + " " + device.kind() + " " + device.name());
      System.out.println(device.detail());
      System.out.println("gemm " + GemmLadder.find().forms());
    }
    System.out.println(result.reason());
  }
}
