package org.recurrentops.gpu;

import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * The mailbox of persistent loops: planes of one row of numbers per row of the batch, in the format
 * of the products. In the form {@code mailbox} each step has a plane of its own, filled before the
 * loop with words that no number has, and whoever needs a word polls for it. In the form {@code
 * barrier}, which is simpler and the twin of the other, two planes take turns and the grid meets in
 * every step.
 */
final class Mailbox {
  /** System property: {@code mailbox}, the default, or {@code barrier}. */
  static final String PROPERTY = "recurrentops.gpu.exchange";

  /** MEETING_SLOTS in mail_forward.h: with so many planes the grid meets in every step. */
  private static final int MEETING_SLOTS = 2;

  /** NOT_YET in exchange_pieces.h. */
  private static final float NOT_YET = Float.intBitsToFloat(-1);

  private Mailbox() {}

  /** Planes of a loop over at most so many steps. */
  static int slots(int steps) {
    return Setting.of(PROPERTY, "mailbox", "barrier").equals("barrier")
        ? MEETING_SLOTS
        : Math.max(MEETING_SLOTS + 1, Math.addExact(steps, 1));
  }

  /** Whether a step has a plane of its own. */
  static boolean isWrittenOnce() {
    return slots(MEETING_SLOTS) > MEETING_SLOTS;
  }

  /** How blocks learn of each other's numbers, for people. */
  static String describe() {
    return isWrittenOnce()
        ? "an exchange by words that are written once"
        : "a barrier of the grid per step";
  }

  /**
   * Elements of the mailbox of a loop of a plan that may have one.
   *
   * @param roles of the loops that share a launch
   */
  static long words(PlanRequest request, Roles roles) {
    PlanOptions o = request.options();
    boolean tensor = o.mathMode() != MathMode.FP32;
    if (o.parameterType() == DType.F64
        || tensor && !Algorithm.namesMeeting(request) && !roles.isStack()) {
      return 0; // auto takes neither
    }
    int steps = o.recompute() == 0 ? o.maxSteps() : Math.min(o.recompute(), o.maxSteps());
    int gates = o.isTraining() ? roles.rowGates(request.spec(), false) : 1;
    long rows = Workspace.product(slots(steps), o.maxBatch());
    return Workspace.product(Math.addExact(rows, 1), rowWords(request.spec(), o.mathMode(), gates));
  }

  private static int rowWords(RnnSpec spec, MathMode mode, int gates) {
    return mode == MathMode.FP32
        ? gates * StripGrid.padded(spec)
        : TensorGrid.rowWords(spec, mode, gates);
  }

  /**
   * What a loop's kernel is told of it; and the work that fills it before the loop, where the grid
   * does not meet in every step.
   *
   * @param gates of a row
   */
  static void add(WorkList list, CallMemory memory, Bindings bindings, int gates) {
    RnnSpec spec = memory.spec;
    MathMode mode = memory.layout.mathMode;
    int slots = slots(memory.span.count());
    Address mail = memory.scratch(memory.lane().mail());
    bindings.put("mail", mail).put("slots", slots);
    if (slots > MEETING_SLOTS) {
      // a row more than there are, because the kernel begins at the next 16 bytes
      int rows = Math.toIntExact(Workspace.product(slots, memory.batch) + 1);
      int width = rowWords(spec, mode, gates);
      RowWork.fill(list, Rows.dense(mail, 1, rows, width), NOT_YET);
    }
  }
}
