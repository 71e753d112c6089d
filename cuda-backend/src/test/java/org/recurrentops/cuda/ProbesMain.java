package org.recurrentops.cuda;

/** Makes all experiments, timed if an argument says so, and prints each result on a line. */
final class ProbesMain {
  private ProbesMain() {}

  public static void main(String[] args) {
    CudaProbes probes = new CudaProbes();
    System.out.println("names " + probes.names().size());
    probes.run(
        "cuda:0",
        args.length > 0,
        f -> System.out.println(f.outcome() + " " + f.probe() + " " + f.unit() + " | " + f.note()));
  }
}
