package io.tidemark.tests.benchmark.growth;

import io.tidemark.tests.benchmark.growth.PowerLaw.Point;
import java.util.List;
import java.util.Locale;

/**
 * One curve as an SVG picture: measured points on logarithmic axes, the {@link PowerLaw} through
 * them, and what it says of ten times as much. Stateless.
 */
final class GrowthPicture {
  private static final int WIDTH = 360;
  private static final int HEIGHT = 240;
  private static final int LEFT = 62;
  private static final int RIGHT = 20;
  private static final int TOP = 44;
  private static final int BOTTOM = 40;

  private GrowthPicture() {}

  /**
   * @param title what is measured, with its unit
   * @param grows what grows, the x axis
   * @param points ascending by x, two or more
   */
  static String svg(String title, String grows, List<Point> points) {
    PowerLaw law = PowerLaw.through(points);
    double lastX = points.getLast().x() * 10;
    double minX = points.getFirst().x();
    double highest = points.stream().mapToDouble(Point::y).max().orElseThrow();
    double lowest = points.stream().mapToDouble(Point::y).min().orElseThrow();
    Axis x = new Axis(minX, lastX, LEFT, WIDTH - RIGHT);
    Axis y =
        new Axis(
            decade(Math.min(lowest, law.at(minX)), false),
            decade(Math.max(highest, law.at(lastX)), true),
            HEIGHT - BOTTOM,
            TOP);
    StringBuilder out = new StringBuilder();
    out.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n"
            .formatted(WIDTH, HEIGHT));
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    text(out, LEFT, 16, "start", "<tspan font-weight=\"bold\">" + title + "</tspan>");
    text(
        out,
        LEFT,
        32,
        "start",
        "grows as %s; at %s: %s".formatted(law.text(grows), number(lastX), number(law.at(lastX))));
    for (double tick = y.from(); tick <= y.to() * 1.001; tick *= 10) {
      line(out, LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), "#ddd", "");
      text(out, LEFT - 6, y.at(tick) + 4, "end", number(tick));
    }
    for (double tick = minX; tick <= lastX * 1.001; tick *= 10) {
      line(out, x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM, "#ddd", "");
      text(out, x.at(tick), HEIGHT - BOTTOM + 16, "middle", number(tick));
    }
    text(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", grows);
    line(
        out,
        x.at(minX),
        y.at(law.at(minX)),
        x.at(lastX),
        y.at(law.at(lastX)),
        "#1668b8",
        " stroke-dasharray=\"5 4\"");
    for (Point point : points) {
      out.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#1668b8\"/>%n",
              x.at(point.x()),
              y.at(point.y())));
      text(out, x.at(point.x()) + 6, y.at(point.y()) + 15, "start", number(point.y()));
    }
    return out.append("</svg>\n").toString();
  }

  /** Logarithmic. */
  private record Axis(double from, double to, double fromPixel, double toPixel) {
    double at(double value) {
      return fromPixel + (toPixel - fromPixel) * Math.log(value / from) / Math.log(to / from);
    }
  }

  private static double decade(double value, boolean up) {
    double power = Math.log10(value);
    return Math.pow(10, up ? Math.ceil(power + 0.05) : Math.floor(power));
  }

  private static void line(
      StringBuilder out, double x1, double y1, double x2, double y2, String colour, String more) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>%n",
            x1,
            y1,
            x2,
            y2,
            colour,
            more));
  }

  private static void text(StringBuilder out, double x, double y, String anchor, String words) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            words));
  }

  /** Short, with thousands as k and M. */
  static String number(double value) {
    if (value >= 999_500) {
      return trimmed(value / 1e6) + "M";
    }
    return value >= 9_995 ? trimmed(value / 1e3) + "k" : trimmed(value);
  }

  private static String trimmed(double value) {
    String text =
        String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
