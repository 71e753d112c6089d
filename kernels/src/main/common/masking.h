// masking.h: what a step does with a row whose length is over, by value. Order of MASK_ constants as
// in org.recurrentops.MaskingContract.
// State sequences hold T+1 slots: a forward direction goes from slot t to slot t+1, a reverse one
// from slot t+1 to slot t.
#define MASK_FREEZE_FILL 0
#define MASK_CARRY 1
#define MASK_ZERO_STATE 2

CELL_FUNCTION int slot_before(int t, int reverse) { return reverse ? t + 1 : t; }

CELL_FUNCTION int slot_after(int t, int reverse) { return reverse ? t : t + 1; }

CELL_FUNCTION float padded_state(int masking, float state_before) {
  return masking == MASK_ZERO_STATE ? 0.0f : state_before;
}

// y repeats the last output under CARRY; a direction that has seen no valid step yet writes 0
CELL_FUNCTION int repeats_output(int masking, int reverse, int length) {
  return masking == MASK_CARRY && !reverse && length > 0;
}

CELL_FUNCTION float padded_output(
    int masking, int reverse, int length, float h_before, float fill) {
  if (masking == MASK_FREEZE_FILL) {
    return fill;
  }
  return repeats_output(masking, reverse, length) ? h_before : 0.0f;
}

// Whether a row's initial state is ever read by a step.
CELL_FUNCTION int uses_initial_state(int masking, int reverse, int length, int steps) {
  return length > 0 && !(masking == MASK_ZERO_STATE && reverse && length < steps);
}
