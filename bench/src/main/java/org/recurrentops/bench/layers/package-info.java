/** The benchmark of recurrent layers: forward passes and training steps of one layer. */
package org.recurrentops.bench.layers;
