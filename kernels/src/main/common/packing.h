// packing.h: where rows lie that are brought together. At step t the n_t rows whose length is above
// t lie beside each other, shorter ones first, so that those which go on are the last of them.
// Sequences [R,width] hold the rows of step 0, then those of step 1, ...; R is the sum of the
// lengths. State sequences hold slot 0 with first = n_0 rows, then each slot s with the n_{s-1} rows
// of step s-1. So slots t and t+1 of the rows of step t are n_t rows apart, whatever the direction.
// ranks [N]: how many rows are longer, or as long and before a row.
// places [T,N]: row of (t, n) in a sequence, or -1 in padding.
// sites [R]: 1 + t * N + n of a row of a sequence, so that it is the row's mark, too.

// Row of a state sequence; slot 0, or a valid slot - 1.
CELL_FUNCTION offset_t slot_row(
    GLOBAL const int *places, GLOBAL const int *ranks, int first, int slot, int n, int rows) {
  return slot == 0 ? first - 1 - ranks[n] : first + places[(slot - 1) * (offset_t)rows + n];
}

// Step and row of a caller's batch; its rows are `batch`, or 0 where nothing is brought together.
CELL_FUNCTION int site_step(int mark, int batch, int t) {
  return batch > 0 ? (mark - 1) / batch : t;
}

CELL_FUNCTION int site_row(int mark, int batch, int n) {
  return batch > 0 ? (mark - 1) % batch : n;
}
