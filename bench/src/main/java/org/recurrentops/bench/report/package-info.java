/** Pages and charts made of results. */
package org.recurrentops.bench.report;
