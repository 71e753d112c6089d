/**
 * The cases, one topic per file. {@code Trial} is the way through most of them: it makes data, runs
 * device and reference, and compares every output, with guards around every buffer, NaN in every
 * output before the call and in all padding.
 */
package org.recurrentops.tck.cases;
