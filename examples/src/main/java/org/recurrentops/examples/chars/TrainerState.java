package org.recurrentops.examples.chars;

/**
 * All that a trainer must remember to go on with the same numbers.
 *
 * @param step steps done
 * @param cursor index of the next character of stream 0
 * @param randomKey Philox key of dropout
 * @param randomOffset Philox step counter of the next window
 * @param params flat parameters
 * @param firstMoment Adam's m
 * @param secondMoment Adam's v
 * @param h carried state [L,N,H]
 * @param c carried cell state, empty for cells without
 * @param lossSum losses since the last report
 * @param normSum gradient norms since the last report
 * @param unreported steps since the last report
 */
public record TrainerState(
    long step,
    long cursor,
    long randomKey,
    long randomOffset,
    float[] params,
    float[] firstMoment,
    float[] secondMoment,
    float[] h,
    float[] c,
    float lossSum,
    float normSum,
    int unreported) {}
