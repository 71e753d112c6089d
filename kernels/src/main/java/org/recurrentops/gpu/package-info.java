/**
 * The one host program of the GPU backends. {@link org.recurrentops.gpu.Device} is the little that
 * a backend implements on its driver; everything else — plans, time loops, kernels and the
 * operations beside the recurrence — is written once, here, over it.
 */
package org.recurrentops.gpu;
