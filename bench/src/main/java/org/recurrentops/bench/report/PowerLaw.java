package org.recurrentops.bench.report;

/**
 * y = a·x^exponent, fitted by least squares to the logarithms.
 *
 * @param exponent slope on logarithmic axes
 */
record PowerLaw(double exponent) {
  /**
   * Fits.
   *
   * @param x positive, not all the same
   * @param y positive
   */
  static PowerLaw fit(double[] x, double[] y) {
    double mx = 0;
    double my = 0;
    for (int i = 0; i < x.length; i++) {
      mx += Math.log(x[i]) / x.length;
      my += Math.log(y[i]) / x.length;
    }
    double xy = 0;
    double xx = 0;
    for (int i = 0; i < x.length; i++) {
      double d = Math.log(x[i]) - mx;
      xy += d * (Math.log(y[i]) - my);
      xx += d * d;
    }
    return new PowerLaw(xy / xx);
  }
}
