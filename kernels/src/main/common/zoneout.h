// zoneout.h: how much of a unit's new value zoneout takes, by value: 1 or 0 by the word that is
// drawn
// for (kind and layer, step, n, unit), or a share of its own where nothing is drawn.
CELL_FUNCTION float zoneout_share(
    GLOBAL const int *random, int draws, int kind_layer, int t, int n, int unit, int threshold,
    float share) {
  if (!draws) {
    return share;
  }
  const unsigned int drawn = philox_word(
      (unsigned int)random[1], (unsigned int)random[2], (unsigned int)kind_layer,
      (unsigned int)random[0] + (unsigned int)t, (unsigned int)n, (unsigned int)unit / 4,
      unit % 4);
  return drawn >= (unsigned int)threshold ? 1.0f : 0.0f;
}

// share of fresh, the rest of old; selected where that is all of one, because 0 times infinity is
// NaN
CELL_FUNCTION float zoneout_mix(float share, float fresh, float old) {
  return share == 1.0f ? fresh : share == 0.0f ? old : share * fresh + (1.0f - share) * old;
}

CELL_FUNCTION float zoneout_part(float share, float d) { return share == 0.0f ? 0.0f : share * d; }
