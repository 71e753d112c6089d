package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.PlanOptions;
import org.recurrentops.spi.PlanRequest;

/**
 * Chooses the algorithm of a plan: what the caller asks for or hands back; else a static model if
 * the plan is to be deterministic; else the fastest of a trial on the device, remembered per device
 * for the life of the process.
 */
final class Tuner {
  /** Measured time after which no further candidate is tried; compilation does not count. */
  static final long BUDGET_NANOS = 200_000_000;

  /** Largest H for which the model expects the whole-sequence kernel to win on a GPU. */
  private static final int FUSED_HIDDEN = 128;

  private static final Map<String, GpuPlan.Choice> REMEMBERED = new ConcurrentHashMap<>();

  private final Device device;
  private final GpuQueue queue;
  private final Residency residency;
  private final Predicate<String> proved;

  /**
   * For plans of a queue.
   *
   * @param proved whether a form of an algorithm that is for those who name it is a candidate all
   *     the same, in the math mode of the plan
   */
  Tuner(Device device, GpuQueue queue, Residency residency, Predicate<String> proved) {
    this.device = device;
    this.queue = queue;
    this.residency = residency;
    this.proved = proved;
  }

  GpuPlan.Choice choose(PlanRequest request) {
    PlanOptions o = request.options();
    if (!o.algorithm().equals(PlanOptions.AUTO)) {
      return new GpuPlan.Choice(o.algorithm(), "asked for by the caller");
    }
    List<String> candidates = candidates(request);
    Optional<String> given = Tuning.parse(o.tuning(), withNamed(candidates, request));
    if (given.isPresent()) {
      return new GpuPlan.Choice(given.get(), "given by the caller's tuning");
    }
    if (candidates.size() == 1) {
      return new GpuPlan.Choice(candidates.get(0), "the only one for this spec");
    }
    if (o.parameterType() == DType.F64) {
      return new GpuPlan.Choice(candidates.get(0), "float64 is not measured");
    }
    if (o.isDeterministic() || o.maxBatch() == 0 || o.maxSteps() == 0) {
      return new GpuPlan.Choice(candidates.get(0), "static model, nothing measured");
    }
    String key = key(request) + '|' + candidates;
    GpuPlan.Choice known = REMEMBERED.get(key);
    if (known != null) {
      return new GpuPlan.Choice(known.form(), "remembered, " + known.why());
    }
    GpuPlan.Choice measured = measure(request, candidates);
    REMEMBERED.put(key, measured);
    return measured;
  }

  /** All forms that run the spec, in the order in which the static model prefers them. */
  private List<String> candidates(PlanRequest request) {
    List<String> list = new ArrayList<>();
    for (String name : Algorithm.names(device)) {
      for (String form : Algorithm.forms(name)) {
        boolean tried = !Algorithm.isByNameOnly(name) || proved.test(form);
        if (tried && runs(name, request, form::equals)) {
          list.add(form);
        }
      }
    }
    boolean onChip = !device.limits().localMemoryIsGlobal();
    if (onChip && request.spec().hiddenSize() <= FUSED_HIDDEN && list.remove(Algorithm.FUSED)) {
      list.add(0, Algorithm.FUSED);
    }
    return list;
  }

  /** Whether an algorithm runs in one of some forms. */
  private boolean runs(String name, PlanRequest request, Predicate<String> forms) {
    return Algorithm.meets(name)
        ? runsMeeting(name, request) // counts work-groups on the device
        : Algorithm.refusal(name, request, device, residency, forms).isEmpty();
  }

  /** What a decision handed back may name. */
  private List<String> withNamed(List<String> candidates, PlanRequest request) {
    List<String> all = new ArrayList<>(candidates);
    for (String name : Algorithm.MEETING) {
      if (!all.contains(name) && Tuning.names(request, name) && runsMeeting(name, request)) {
        all.add(name);
      }
    }
    for (String name : List.of(Algorithm.ONE_CLUSTER, Algorithm.ONE_CLUSTER_PUSH)) {
      if (!all.contains(name)
          && device.clusters().isPresent()
          && Tuning.names(request, name)
          && runs(name, request, proved)) {
        all.add(name);
      }
    }
    return all;
  }

  private boolean runsMeeting(String name, PlanRequest request) {
    return Algorithm.names(device).contains(name)
        && Algorithm.meetingRefusal(name, request, device, residency).isEmpty();
  }

  /** Device, spec and shape class: T and N rounded up to powers of two. */
  private String key(PlanRequest request) {
    PlanOptions o = request.options();
    return device.info().backend()
        + '|'
        + device.info().name()
        + '|'
        + device.gemmForms()
        + '|'
        + request.spec()
        + '|'
        + o.isTraining()
        + o.mathMode()
        + "|t"
        + Integer.highestOneBit(Math.max(1, 2 * o.maxSteps() - 1))
        + 'n'
        + Integer.highestOneBit(Math.max(1, 2 * o.maxBatch() - 1));
  }

  private GpuPlan.Choice measure(PlanRequest request, List<String> candidates) {
    StringBuilder why = new StringBuilder("measured ");
    String best = candidates.get(0);
    long bestTime = Long.MAX_VALUE;
    long spent = 0;
    GpuQueue own = new GpuQueue(device, queue.queue()); // for reports that are not the caller's
    boolean meets = candidates.stream().anyMatch(Algorithm::meets);
    try (Trial trial = new Trial(device, queue.queue(), request, meets)) {
      why.append(trial.label());
      for (String form : candidates) {
        if (spent > BUDGET_NANOS) {
          why.append(", ").append(form).append(" not tried: the budget of 200 ms was spent");
          continue;
        }
        Algorithm algorithm =
            Algorithm.of(Algorithm.ofForm(form), device, grids(request, form, own));
        Trial.Result result = trial.run(algorithm, BUDGET_NANOS - spent);
        spent += result.spentNanos();
        own.arm();
        own.check(); // throws if a grid gave up
        why.append(String.format(Locale.ROOT, ", %s %.3f ms", form, result.bestNanos() * 1e-6));
        if (result.bestNanos() < bestTime) {
          bestTime = result.bestNanos();
          best = form;
        }
      }
      return new GpuPlan.Choice(best, why.toString());
    } catch (DeviceException e) {
      if (e.sticky()) {
        throw e;
      }
      return new GpuPlan.Choice(
          candidates.get(0), "static model, because the trial failed: " + e.getMessage());
    } finally {
      own.release();
    }
  }

  private Grids grids(PlanRequest request, String form, GpuQueue own) {
    return new Grids(
        () -> residency.limits(request),
        size -> residency.clustered(request, size),
        own::errors,
        proved,
        () -> Roles.APART,
        name -> ClusterSize.of(name, request, device, residency, form::equals));
  }
}
