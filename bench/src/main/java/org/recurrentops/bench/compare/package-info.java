/** Regressions between two files of results. */
package org.recurrentops.bench.compare;
