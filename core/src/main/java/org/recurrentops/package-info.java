/**
 * Recurrent layers (RNN, LSTM, GRU) forward and backward through time on CPU, CUDA and OpenCL.
 *
 * <p>Start at {@link org.recurrentops.Backends#open()}. A {@link org.recurrentops.RecurrentOps} is
 * one opened device; a {@link org.recurrentops.RnnSpec} says what is computed, a {@link
 * org.recurrentops.PlanOptions} how; a {@link org.recurrentops.RecurrentPlan} runs it on {@link
 * org.recurrentops.Tensor}s.
 */
package org.recurrentops;
