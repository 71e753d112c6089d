package org.recurrentops;

/** What a device is, which decides whether automatic selection considers it. */
public enum DeviceKind {
  /** A graphics processor or another accelerator. */
  GPU,
  /** The host's processor. */
  CPU,
  /** An emulation for tests; never selected automatically and never timed. */
  SOFTWARE
}
