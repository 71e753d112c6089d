/** What this project's own command lines share; no part of the public interface. */
package org.recurrentops.program;
