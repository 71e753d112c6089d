package org.recurrentops.cuda;

import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Counters;

/** Opens the device and prints what it runs on, or why it cannot be opened. */
final class OpenMain {
  private OpenMain() {}

  public static void main(String[] args) {
    try {
      CudaDevice device = new CudaBackend().openDevice("cuda:0", new Counters());
      System.out.println("opened: " + device.describe());
      device.close();
    } catch (BackendUnavailableException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }
}
