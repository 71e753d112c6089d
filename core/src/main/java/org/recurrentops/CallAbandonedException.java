package org.recurrentops;

/**
 * An algorithm whose work-groups wait for each other has given up calls, because the device did not
 * run all of them at the same time: other work held a part of it. The host learns of that where it
 * waits, so this is thrown by {@link RecurrentOps#synchronize()}, {@link
 * ExecutionQueue#synchronize()} or a download after the calls.
 *
 * <p><b>What is lost:</b> all calls of plans of that algorithm on the queue since its last
 * synchronisation. Their outputs are undefined, as are gradients that they were to be added to,
 * states that they updated in place, reserves that they filled, and whatever has been computed from
 * these. Everything that they only read is as it was, so are other plans and queues.
 *
 * <p><b>What to do:</b> run these calls again, forward before backward. The plans concerned have
 * changed to an algorithm without such waits, with the same reserve and workspace, so that calls
 * already bound are right when they run next; {@link RecurrentPlan#algorithm()} and {@link
 * RecurrentPlan#describe()} name it, and one warning is logged. The error is not {@link #sticky()}.
 * A program that does not want to be able to repeat a call names another algorithm in {@link
 * PlanOptions#algorithm(String)}.
 *
 * <p>The library does not repeat the calls itself: what the caller has enqueued behind them has run
 * on their outputs by then.
 */
public class CallAbandonedException extends DeviceException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message.
   *
   * @param message which algorithm, what it waited for, what its plans use from now on
   */
  public CallAbandonedException(String message) {
    super(message);
  }
}
