package org.recurrentops.tck.cases;

import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.Slices;
import org.recurrentops.tck.Tolerance;

/**
 * The tensors [L·D,T,N,·] of a {@link DeviceCall}: every c, the gradient of every c, the total
 * gradient of every h.
 */
final class StateSequences {
  private final DeviceCall call;
  private final RnnSpec spec;
  final GuardedTensor cSequence;
  final GuardedTensor dcSequence;
  final GuardedTensor dhSequence;

  StateSequences(DeviceCall call) {
    this.call = call;
    spec = call.spec;
    boolean cell = spec.cell().hasCellState();
    boolean backward = !call.trial.inference;
    cSequence = cell ? tensor("cSequence", spec.hiddenSize()) : null;
    dcSequence = cell && backward ? tensor("dcSequence", spec.hiddenSize()) : null;
    dhSequence = backward ? tensor("dhSequence", spec.stateSize()) : null;
  }

  private GuardedTensor tensor(String name, int width) {
    Trial t = call.trial;
    return call.own(
        GuardedTensor.floats(
            name,
            call.ops(),
            t.placement,
            spec.stateCount(),
            call.order.first(),
            call.order.second(),
            width));
  }

  void upload() {
    if (dcSequence != null) {
      dcSequence.set(
          call.order.toLayout(spec.stateCount(), call.data.dcSequence, spec.hiddenSize()));
    }
    for (GuardedTensor out : new GuardedTensor[] {cSequence, dhSequence}) {
      if (out != null) {
        out.setNaN();
      }
    }
  }

  void addTo(ForwardArgs args) {
    args.cellSequence(DeviceCall.view(cSequence));
  }

  void addTo(BackwardArgs args) {
    args.cellSequenceGradient(DeviceCall.view(dcSequence))
        .hiddenGradientSequence(DeviceCall.view(dhSequence));
  }

  void checkForward(Tolerance tolerance) {
    if (cSequence != null) {
      check("cSequence", cSequence, call.data.forward.cSequence(), spec.hiddenSize(), tolerance);
    }
  }

  void checkBackward(Tolerance tolerance) {
    double[] expected = call.data.gradients().dhSequence();
    check("dhSequence", dhSequence, expected, spec.stateSize(), tolerance);
  }

  private void check(
      String name, GuardedTensor got, double[] expected, int width, Tolerance tolerance) {
    Trial t = call.trial;
    float[] values = call.order.toTimeMajor(spec.stateCount(), got.get(), width);
    Slices slices = Slices.alongFirstAxis(spec.stateCount() * t.steps, t.batch, width);
    tolerance.check(name, values, expected, slices, call.where());
    call.checkPadding(name, values, width, 0);
  }
}
