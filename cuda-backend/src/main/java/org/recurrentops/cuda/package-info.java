/** NVIDIA GPUs: the CUDA driver interface behind the shared GPU host program. */
package org.recurrentops.cuda;
