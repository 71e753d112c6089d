/**
 * Files and conventions of others.
 *
 * <ul>
 *   <li>{@link org.recurrentops.formats.WeightConverter}: weights from and to other systems'
 *       layouts
 *   <li>{@link org.recurrentops.formats.TorchStateDict}: weights of PyTorch modules in safetensors
 *   <li>{@link org.recurrentops.formats.OnnxNode}: ONNX RNN, GRU and LSTM nodes
 *   <li>{@link org.recurrentops.formats.CaseReader}: conformance cases
 * </ul>
 */
package org.recurrentops.formats;
