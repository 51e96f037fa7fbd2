package io.tidemark.tests.benchmark.growth;

import java.util.List;
import java.util.Locale;

/**
 * {@code y = a × x^b}: the straight line through the points' logarithms that leaves the least
 * squares.
 *
 * @param factor a
 * @param exponent b
 */
record PowerLaw(double factor, double exponent) {
  /** A measured point; both above 0. */
  record Point(double x, double y) {}

  /**
   * @param points two or more, of different x
   */
  static PowerLaw through(List<Point> points) {
    double meanX =
        points.stream().mapToDouble(point -> Math.log(point.x())).average().orElseThrow();
    double meanY =
        points.stream().mapToDouble(point -> Math.log(point.y())).average().orElseThrow();
    double both = 0;
    double squares = 0;
    for (Point point : points) {
      double x = Math.log(point.x()) - meanX;
      both += x * (Math.log(point.y()) - meanY);
      squares += x * x;
    }
    double exponent = both / squares;
    return new PowerLaw(Math.exp(meanY - exponent * meanX), exponent);
  }

  double at(double x) {
    return factor * Math.pow(x, exponent);
  }

  /** As {@code y ∝ x^b}. */
  String text(String x) {
    return String.format(Locale.ROOT, "%s^%.2f", x, exponent);
  }
}
