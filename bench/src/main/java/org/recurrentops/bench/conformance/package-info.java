/** Conformance cases of files, run on one device and judged. */
package org.recurrentops.bench.conformance;
