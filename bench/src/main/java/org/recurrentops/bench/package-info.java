/** Benchmarks, reports and the doctor. */
package org.recurrentops.bench;
