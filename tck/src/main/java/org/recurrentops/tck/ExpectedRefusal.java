package org.recurrentops.tck;

/**
 * A refusal that a backend's authors know of and commit to, so that a new one is noticed.
 *
 * @param algorithm the algorithm that refuses, {@code auto}, or {@code *} for every one
 * @param reason a part of the reason it gives
 */
public record ExpectedRefusal(String algorithm, String reason) {
  boolean matches(String byAlgorithm, String saying) {
    return (algorithm.equals("*") || algorithm.equals(byAlgorithm)) && saying.contains(reason);
  }
}
