package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.Backends;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceKit;
import org.recurrentops.tck.ConformanceReport;

/**
 * Runs the shapes of the kit with whichever rung of cuBLAS there is, then prints how many products
 * each rung ran, and what a plan says of itself.
 */
final class RungMain {
  private RungMain() {}

  public static void main(String[] args) {
    List<RecurrentOps> opened = new ArrayList<>();
    ConformanceReport report =
        ConformanceKit.standard()
            .only(c -> c.group().equals("shapes"))
            .algorithms(a -> a.startsWith("stepped/cublas"))
            .run(
                () -> {
                  RecurrentOps ops = Backends.open("cuda");
                  opened.add(ops);
                  return ops;
                },
                List.of());
    System.out.println(report.table());
    for (String rung : List.of("cublas12", "cublas13")) {
      String counter = rung + "_gemm";
      long products =
          opened.stream().mapToLong(o -> o.counters().snapshot().launchesOf(counter)).sum();
      System.out.println(counter + " ran " + (products > 0 ? "yes" : "no") + ": " + products);
    }
    RnnSpec spec = RnnSpec.lstm(3, 4).build();
    PlanOptions options = PlanOptions.inference(2, 2).algorithm("stepped/cublas");
    try (RecurrentOps ops = Backends.open("cuda");
        RecurrentPlan first = ops.plan(spec, options);
        RecurrentPlan second = ops.plan(spec, options)) {
      System.out.println(first.describe() + "\n" + second.algorithm());
    }
    System.exit(report.failures() == 0 ? 0 : 1);
  }
}
