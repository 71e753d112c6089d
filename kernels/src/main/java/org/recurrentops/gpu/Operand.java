package org.recurrentops.gpu;

/** The matrices of one time step that products read and write. */
enum Operand {
  /** [N,G·H] pre-activations, then activations. */
  GATES,
  /** [N,G·H] R h₋ where it must not be mixed with W x. */
  RECURRENT,
  /** [N,H or P] state before the step. */
  H_BEFORE,
  /** [N,H or P] state after the step. */
  H_AFTER,
  /** [N,H] what the cell saves beside its gates: q, s or m. */
  SAVED,
  /** [N,G·H] gradient of the pre-activations on the input side. */
  DGATES,
  /** [N,G·H] gradient on the recurrent side where it differs. */
  DRECURRENT,
  /** [N,H or P] gradient carried from step to step. */
  DH,
  /** [N,P] total gradient of the projected state. */
  DH_SEQ,
  /** [N,H] gradient between two stages: dm or ds. */
  DSCRATCH
}
