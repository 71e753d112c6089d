/** The experiments that a backend makes on its devices. */
package org.recurrentops.bench.probe;
