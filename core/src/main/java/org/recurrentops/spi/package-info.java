/**
 * What a backend implements. Everything here is called with arguments that core has already
 * validated: shapes agree, tensors are open, belong to this device and do not overlap, lengths are
 * in range, one thread at a time uses a plan. A backend checks only what it alone can know.
 */
@org.recurrentops.Experimental
package org.recurrentops.spi;
