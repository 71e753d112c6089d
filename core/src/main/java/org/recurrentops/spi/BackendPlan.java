package org.recurrentops.spi;

import org.recurrentops.Tensor;

/** A backend's plan: everything decided once for one request. */
public interface BackendPlan {
  /**
   * What the plan needs.
   *
   * @return element counts
   */
  PlanMemory memory();

  /**
   * The algorithm in use, one of {@link BackendDevice#algorithms()}.
   *
   * @return its name
   */
  String algorithm();

  /**
   * What was chosen and why, for people; several lines.
   *
   * @return the description
   */
  String describe();

  /**
   * The decision as a string that {@link org.recurrentops.PlanOptions#tuning(String)} takes back.
   *
   * @return the decision
   */
  String tuning();

  /**
   * Binds a forward call.
   *
   * @param call its arguments
   * @return the bound call
   */
  BoundCall bindForward(ForwardCall call);

  /**
   * Binds a backward call.
   *
   * @param call its arguments
   * @return the bound call
   */
  BoundCall bindBackward(BackwardCall call);

  /**
   * Packs weights into the form that forward reads fastest.
   *
   * @param params flat parameters
   * @param packed destination of {@link PlanMemory#packed()} elements
   */
  void pack(Tensor params, Tensor packed);

  /** Releases what the plan holds beside the memory that core allocated. Called once. */
  void close();
}
