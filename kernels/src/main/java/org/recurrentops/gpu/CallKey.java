package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.ForwardCall;

/**
 * What makes two bound calls the same work: sizes, and for each tensor its buffer, place and
 * strides. Buffers count by identity, so that new memory at the address of freed memory differs.
 */
record CallKey(List<Object> parts) {
  static CallKey of(ForwardCall c) {
    List<Object> parts = new ArrayList<>(List.of("forward", c.steps(), c.batch()));
    Tensor[] tensors = {
      c.params(),
      c.packed(),
      c.x(),
      c.h0(),
      c.c0(),
      c.y(),
      c.hN(),
      c.cN(),
      c.cSequence(),
      c.deviceLengths(),
      c.deviceMask(),
      c.workspace(),
      c.reserve()
    };
    return complete(parts, tensors);
  }

  static CallKey of(BackwardCall c) {
    List<Object> parts = new ArrayList<>(List.of("backward", c.steps(), c.batch()));
    parts.addAll(List.of(c.accumulate(), c.usesDeviceLengths(), c.usesDeviceMask()));
    Tensor[] tensors = {
      c.params(),
      c.x(),
      c.dy(),
      c.dhN(),
      c.dcN(),
      c.dcSequence(),
      c.dx(),
      c.dParams(),
      c.dh0(),
      c.dc0(),
      c.dhSequence(),
      c.workspace(),
      c.reserve()
    };
    return complete(parts, tensors);
  }

  private static CallKey complete(List<Object> parts, Tensor[] tensors) {
    for (Tensor t : tensors) {
      parts.add(t == null ? "none" : place(t));
    }
    return new CallKey(List.copyOf(parts));
  }

  private static List<Object> place(Tensor t) {
    long[] numbers = new long[1 + 2 * t.rank()];
    numbers[0] = t.offset();
    for (int axis = 0; axis < t.rank(); axis++) {
      numbers[1 + 2 * axis] = t.dim(axis);
      numbers[2 + 2 * axis] = t.stride(axis);
    }
    return List.of(t.buffer(), t.dtype(), Arrays.toString(numbers));
  }
}
