import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.recurrentops.Counters;
import org.recurrentops.cpu.CpuBackend;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ProbeResult;
import org.recurrentops.spi.RunState;

/**
 * The CPU backend, every call of its plans prolonged by a share of its own time: the property
 * {@code slowdown}, such as 0.2. Stands before the real one on the class path.
 */
public final class SlowedCpu implements Backend {
  private static final double SHARE = Double.parseDouble(System.getProperty("slowdown", "0"));

  private final Backend real = new CpuBackend();

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public ProbeResult probe() {
    return real.probe();
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    return around(BackendDevice.class, real.open(deviceId, counters));
  }

  /** The same object, with plans and calls that are made by it around those that it makes. */
  private static <T> T around(Class<T> type, T inner) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              try {
                Object result = method.invoke(inner, args);
                if (result instanceof BackendPlan) {
                  return around(BackendPlan.class, (BackendPlan) result);
                }
                return result instanceof BoundCall ? new Slowed((BoundCall) result) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** Works on after the call for a share of the time that it took. */
  private record Slowed(BoundCall call) implements BoundCall {
    @Override
    public void run(RunState state) {
      long start = System.nanoTime();
      call.run(state);
      long now = System.nanoTime();
      long end = now + (long) ((now - start) * SHARE);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void close() {
      call.close();
    }
  }
}
