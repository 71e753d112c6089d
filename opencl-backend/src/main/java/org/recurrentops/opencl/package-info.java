/** OpenCL devices behind the shared GPU host program. */
package org.recurrentops.opencl;
