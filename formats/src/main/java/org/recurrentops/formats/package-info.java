/**
 * Files and conventions of others: conformance cases, and the layouts of weights and sequences that
 * ONNX nodes and PyTorch modules use.
 */
package org.recurrentops.formats;
