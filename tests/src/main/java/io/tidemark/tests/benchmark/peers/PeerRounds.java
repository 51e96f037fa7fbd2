package io.tidemark.tests.benchmark.peers;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The settings of all peers, measured in turns: in each round every peer searches for all queries
 * at its first effort, then every peer at its second, so that what else the machine does meets all
 * alike. The efforts of a peer are those from the first that finds nearly enough to the first that
 * finds nearly all.
 */
final class PeerRounds {
  private static final double NEARLY_ENOUGH = 0.93;
  private static final double NEARLY_ALL = 0.99;

  private final PeerData data;
  private final List<Integer> efforts;
  private final PrintWriter progress;

  /** By filter and peer, the least effort first. */
  private final List<List<Setting>> ladders = new ArrayList<>();

  /**
   * @param efforts to be tried, ascending
   */
  PeerRounds(PeerData data, List<Integer> efforts, PrintWriter progress) {
    this.data = data;
    this.efforts = efforts;
    this.progress = progress;
  }

  /** Finds the efforts, and with that starts the compilers. */
  void plan(List<BuiltPeer> peers, List<Integer> filters) throws IOException {
    for (int percent : filters) {
      for (BuiltPeer peer : peers) {
        List<Setting> ladder = new ArrayList<>();
        for (int effort : efforts) {
          Setting setting = new Setting(peer, data, percent, effort);
          double recall = setting.findRecall();
          if (recall >= NEARLY_ENOUGH || effort == efforts.getLast()) {
            ladder.add(setting);
          }
          if (recall >= NEARLY_ALL) {
            break;
          }
        }
        ladders.add(ladder);
        tell("planned " + peer.kind() + ", " + percent + " % pass: " + ladder.size() + " efforts");
      }
    }
  }

  /** Searches without a watch, so long for each peer and filter. */
  void warmUp(double seconds) throws IOException {
    for (List<Setting> ladder : ladders) {
      long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
      while (System.nanoTime() < end) {
        for (Setting setting : ladder) {
          setting.findRecall();
        }
      }
    }
  }

  void run(int rounds) throws IOException {
    int most = ladders.stream().mapToInt(List::size).max().orElse(0);
    for (int round = 1; round <= rounds; round++) {
      for (int step = 0; step < most; step++) {
        for (List<Setting> ladder : ladders) {
          if (step < ladder.size()) {
            ladder.get(step).round();
          }
        }
      }
      tell("round " + round + " of " + rounds);
    }
  }

  List<Setting> settings() {
    return ladders.stream().flatMap(List::stream).toList();
  }

  private void tell(String what) {
    progress.println(what);
    progress.flush();
  }
}
