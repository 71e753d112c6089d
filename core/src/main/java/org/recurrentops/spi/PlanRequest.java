package org.recurrentops.spi;

import org.recurrentops.ParameterLayout;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;

/**
 * What a plan is asked for.
 *
 * @param spec what is computed
 * @param options how; its layout is already dealt with, tensors arrive time-major
 * @param parameters where each weight lies
 */
public record PlanRequest(RnnSpec spec, PlanOptions options, ParameterLayout parameters) {}
