/** Other libraries, timed like a backend; built with {@code -Ppeers} only. */
package org.recurrentops.bench.peers;
