package org.recurrentops.formats;

import org.recurrentops.Shape;

/**
 * One tensor of a safetensors file as its header says it.
 *
 * @param name such as {@code rnn.weight_ih_l0}
 * @param dtype such as {@code F32}; only F32, F64, F16 and BF16 can be read
 * @param shape extents, row-major
 * @param begin first byte, from the end of the header
 * @param end one past the last byte
 */
public record SafetensorsEntry(String name, String dtype, Shape shape, long begin, long end) {}
