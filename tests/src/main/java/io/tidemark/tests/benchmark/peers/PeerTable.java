package io.tidemark.tests.benchmark.peers;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** For each peer and filter the cheapest effort that finds enough, as a table of Markdown. */
final class PeerTable {
  private static final double[] RECALLS = {0.95, 0.99};

  private PeerTable() {}

  /** CPU µs a search, the effort in brackets; a dash where no effort tried found enough. */
  static String of(List<Setting> settings) {
    List<Integer> filters = settings.stream().map(Setting::percent).distinct().toList();
    StringJoiner lines = new StringJoiner("\n");
    StringJoiner head = new StringJoiner(" | ", "| ", " |").add("CPU µs a search");
    StringJoiner rule = new StringJoiner("|", "|", "|").add("---");
    for (int percent : filters) {
      for (double recall : RECALLS) {
        head.add(percent + " %, ≥ " + String.format(Locale.ROOT, "%.2f", recall).substring(1));
        rule.add("---");
      }
    }
    lines.add(head.toString()).add(rule.toString());
    for (BuiltPeer peer : settings.stream().map(Setting::of).distinct().toList()) {
      StringJoiner line = new StringJoiner(" | ", "| ", " |").add(peer.kind().toString());
      for (int percent : filters) {
        for (double recall : RECALLS) {
          line.add(cheapest(settings, peer, percent, recall));
        }
      }
      lines.add(line.toString());
    }
    return lines.toString();
  }

  private static String cheapest(
      List<Setting> settings, BuiltPeer peer, int percent, double recall) {
    return settings.stream()
        .filter(setting -> setting.of().equals(peer) && setting.percent() == percent)
        .filter(setting -> setting.recall() >= recall)
        .min(Comparator.comparingDouble(Setting::cpuMicros))
        .map(best -> String.format(Locale.ROOT, "%.0f (%d)", best.cpuMicros(), best.effort()))
        .orElse("–");
  }
}
