package io.tidemark.tests.benchmark.peers;

import com.google.gson.JsonObject;
import io.tidemark.tests.benchmark.ProcessUsage;
import io.tidemark.tests.benchmark.Recall;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One effort of one peer under one filter, and what its searches took. */
final class Setting {
  private final BuiltPeer of;
  private final PeerData data;
  private final int percent;
  private final int effort;
  private final List<Double> cpuMicros = new ArrayList<>();
  private final List<long[]> nanos = new ArrayList<>();
  private double processSeconds;
  private double recall = Double.NaN;

  Setting(BuiltPeer of, PeerData data, int percent, int effort) {
    this.of = of;
    this.data = data;
    this.percent = percent;
    this.effort = effort;
  }

  BuiltPeer of() {
    return of;
  }

  int percent() {
    return percent;
  }

  int effort() {
    return effort;
  }

  /** Searches for each query once and compares what is found with the exact answers. */
  double findRecall() throws IOException {
    int[][] truth = data.dataset().truth(percent);
    int found = 0;
    int wanted = 0;
    for (int q = 0; q < data.queries().length; q++) {
      int[] rows = of.peer().search(data.queries()[q], effort, percent);
      found += Recall.found(rows, truth[q], Peer.K);
      wanted += Recall.wanted(truth[q], Peer.K);
    }
    recall = (double) found / wanted;
    return recall;
  }

  /** As it was found. */
  double recall() {
    return recall;
  }

  /** Searches for each query once and keeps what that took. */
  void round() throws IOException {
    long[] took = new long[data.queries().length];
    double process = ProcessUsage.ownCpuSeconds();
    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (int q = 0; q < took.length; q++) {
      long start = System.nanoTime();
      of.peer().search(data.queries()[q], effort, percent);
      took[q] = System.nanoTime() - start;
    }
    cpuMicros.add(
        (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e3 / took.length);
    processSeconds += ProcessUsage.ownCpuSeconds() - process;
    nanos.add(took);
  }

  /** CPU time of the searching thread a search: the median of the rounds. */
  double cpuMicros() {
    return cpuMicros.stream().sorted().toList().get(cpuMicros.size() / 2);
  }

  JsonObject figures() {
    long[] all = nanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    JsonObject figures = new JsonObject();
    figures.addProperty("dataset", data.dataset().name());
    figures.addProperty("rows", data.rows());
    figures.addProperty("dim", data.dimension());
    figures.addProperty("metric", data.metric().name());
    figures.addProperty("engine", of.kind().engine());
    figures.addProperty("variant", of.kind().variant());
    figures.addProperty("filter", percent);
    figures.addProperty("effort", effort);
    figures.addProperty("recall10", Math.round(recall * 1e4) / 1e4);
    figures.addProperty("cpu_us", tenths(cpuMicros()));
    figures.addProperty("process_cpu_us", tenths(processSeconds * 1e6 / all.length));
    figures.addProperty("p50_us", tenths(all[all.length / 2] / 1e3));
    figures.addProperty("p99_us", tenths(all[(int) (all.length * 0.99)] / 1e3));
    figures.addProperty("rounds", nanos.size());
    figures.addProperty("build_cpu_s", tenths(of.buildCpuSeconds()));
    figures.addProperty("index_mb", tenths(of.peer().bytes() / 1e6));
    return figures;
  }

  private static double tenths(double value) {
    return Math.round(value * 10) / 10.0;
  }

  @Override
  public String toString() {
    return of.kind() + ", " + percent + " % pass, effort " + effort;
  }
}
