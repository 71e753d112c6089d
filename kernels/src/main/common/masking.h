// masking.h: what a step does with a row that is padding there, by value. Order of MASK_ constants
// as in org.recurrentops.MaskingContract.
// State sequences hold T+1 slots: a forward direction goes from slot t to slot t+1, a reverse one
// from slot t+1 to slot t.
// marks [T,N]: > 0 for a valid step; else 0 or minus the sum of PADDED_ bits.
// row_marks [N]: the sum of ROW_ bits.
#define MASK_FREEZE_FILL 0
#define MASK_CARRY 1
#define MASK_ZERO_STATE 2
#define PADDED_AFTER_VALID 1
#define PADDED_BEFORE_VALID 2
#define ROW_HAS_VALID 1
#define ROW_STARTS_VALID 2
#define ROW_ENDS_VALID 4

CELL_FUNCTION int slot_before(int t, int reverse) { return reverse ? t + 1 : t; }

CELL_FUNCTION int slot_after(int t, int reverse) { return reverse ? t : t + 1; }

// Mark of step t of a row whose first and last valid steps are given; last < 0 if there are none.
CELL_FUNCTION int step_mark(int valid, int t, int first, int last) {
  const int after = last >= 0 && t > first ? PADDED_AFTER_VALID : 0;
  const int before = last >= 0 && t < last ? PADDED_BEFORE_VALID : 0;
  return valid ? 1 : -(after + before);
}

CELL_FUNCTION int row_mark(int steps, int first, int last) {
  return last < 0 ? 0
                  : ROW_HAS_VALID + (first == 0 ? ROW_STARTS_VALID : 0) +
                        (last == steps - 1 ? ROW_ENDS_VALID : 0);
}

CELL_FUNCTION float padded_state(int masking, float state_before) {
  return masking == MASK_ZERO_STATE ? 0.0f : state_before;
}

// y repeats the last output under CARRY; a direction that has seen no valid step yet writes 0
CELL_FUNCTION int repeats_output(int masking, int reverse, int mark) {
  const int seen = reverse ? PADDED_BEFORE_VALID : PADDED_AFTER_VALID;
  return masking == MASK_CARRY && mark < 0 && (-mark & seen) != 0;
}

CELL_FUNCTION float padded_output(
    int masking, int reverse, int mark, float h_before, float fill) {
  if (masking == MASK_FREEZE_FILL) {
    return fill;
  }
  return repeats_output(masking, reverse, mark) ? h_before : 0.0f;
}

// Whether a row's initial state is ever read by a step.
CELL_FUNCTION int uses_initial_state(int masking, int reverse, int row) {
  const int begins = reverse ? ROW_ENDS_VALID : ROW_STARTS_VALID;
  return (row & ROW_HAS_VALID) != 0 && (masking != MASK_ZERO_STATE || (row & begins) != 0);
}
