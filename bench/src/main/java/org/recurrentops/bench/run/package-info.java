/** The benchmarks of {@code run}, their runner and the file of their results. */
package org.recurrentops.bench.run;
