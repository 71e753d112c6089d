/**
 * Backends that are wrong on purpose. {@link org.recurrentops.tck.broken.BrokenBackend} wraps a
 * right backend and applies one named {@link org.recurrentops.tck.broken.Fault}; the kit must fail.
 */
package org.recurrentops.tck.broken;
