package io.tidemark.demo;

import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.service.index.response.DescribeIndexResp;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The demo's course: fill, watch, ask, measure, kill, ask again. */
final class Demo {
  private static final List<String> QUESTIONS =
      List.of(
          "a feeling of longing for the past",
          "the fear of being in closed spaces",
          "money paid regularly to a retired worker",
          "a building where books are kept and can be borrowed",
          "the part of a day when the sun goes down");

  private static final int BATCH = 500;
  private static final int ANSWERS = 3;
  private static final int QUERIES = 200;

  private final Server server;
  private final PrintWriter out;
  private final int limit;
  private final Embedder embedder = new Embedder();

  Demo(Server server, PrintWriter out, int limit) {
    this.server = server;
    this.out = out;
    this.limit = limit;
  }

  void run(List<String> asked, boolean rebuild) throws Exception {
    long start = System.nanoTime();
    try (Dictionary dictionary = new Dictionary(server.grpcAddress())) {
      if (!asked.isEmpty() && !rebuild && dictionary.exists()) {
        ask(dictionary, asked);
        return;
      }
    }
    say("reading WordNet's nouns");
    List<Gloss> nouns = WordNet.nouns();
    int rows = Math.min(limit, nouns.size() - QUERIES);
    // Queries are glosses that are not in the collection, as far as there are any left.
    List<Gloss> queryGlosses = nouns.subList(nouns.size() - QUERIES, nouns.size());
    List<Gloss> glosses = nouns.subList(0, limit >= nouns.size() ? nouns.size() : rows);
    List<String> questions = asked.isEmpty() ? QUESTIONS : concat(QUESTIONS, asked);

    Measured measured;
    List<String> before;
    List<float[]> vectors;
    List<float[]> queries = embedder.embed(queryGlosses.stream().map(Gloss::text).toList());
    try (Dictionary dictionary = new Dictionary(server.grpcAddress())) {
      vectors = fill(dictionary, glosses);
      ask(dictionary, questions);
      say("measuring with " + QUERIES + " glosses as queries against exact search");
      measured = Measured.of(dictionary, glosses, new Exact(vectors), queries);
      before = answersOf(dictionary, questions);
    }
    say("killing the server with SIGKILL");
    long readyMs = server.killAndStart();
    try (Dictionary dictionary = new Dictionary(server.grpcAddress())) {
      awaitLoaded(dictionary);
      long after = dictionary.count();
      List<String> answers = answersOf(dictionary, questions);
      say(
          String.format(
              Locale.ROOT,
              "up again after %.1f s: %,d rows, the same answers: %s",
              readyMs / 1e3,
              after,
              answers.equals(before) ? "yes" : "NO"));
      if (after != glosses.size() || !answers.equals(before)) {
        throw new IllegalStateException(
            "after the kill there are "
                + after
                + " rows, there were "
                + glosses.size()
                + "; answers before: "
                + before
                + ", after: "
                + answers);
      }
      say(
          String.format(
              Locale.ROOT,
              "demo: rows=%d recall@10=%.4f p50_ms=%.2f p99_ms=%.2f qps=%.0f visible_ms=%.1f rows_after_kill=%d seconds=%.1f",
              glosses.size(),
              measured.recall(),
              measured.p50Ms(),
              measured.p99Ms(),
              measured.qps(),
              measured.visibleMs(),
              after,
              (System.nanoTime() - start) / 1e9));
    }
  }

  private List<float[]> fill(Dictionary dictionary, List<Gloss> glosses)
      throws InterruptedException {
    say(String.format(Locale.ROOT, "embedding and inserting %,d glosses", glosses.size()));
    dictionary.create();
    List<float[]> vectors = new ArrayList<>(glosses.size());
    try (ProgressLine progress = new ProgressLine(out, glosses.size())) {
      for (int from = 0; from < glosses.size(); from += BATCH) {
        List<Gloss> batch = glosses.subList(from, Math.min(from + BATCH, glosses.size()));
        List<float[]> embedded = embedder.embed(batch.stream().map(Gloss::text).toList());
        progress.embedded(from + batch.size());
        vectors.addAll(embedded);
        dictionary.insert(batch, embedded);
        progress.logged(from + batch.size());
        report(dictionary, progress);
      }
      dictionary.flush();
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
      await(deadline, "indexed", () -> report(dictionary, progress));
    }
    return vectors;
  }

  /** Shows how far the server is; true once every row is committed, indexed and loaded. */
  private static boolean report(Dictionary dictionary, ProgressLine progress) {
    DescribeIndexResp.IndexDesc index = dictionary.index();
    long loaded = dictionary.count();
    progress.server(index.getTotalRows(), index.getIndexedRows(), loaded);
    return index.getTotalRows() >= progress.total()
        && index.getIndexedRows() >= progress.total()
        && loaded >= progress.total();
  }

  private static void await(long deadline, String what, BooleanSupplier reached)
      throws InterruptedException {
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "not everything was " + what + " in time; see 'tidemark logs'");
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private static void awaitLoaded(Dictionary dictionary) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    await(
        deadline,
        "loaded",
        () -> {
          try {
            return dictionary.count() >= 0;
          } catch (io.milvus.v2.exception.MilvusClientException e) {
            return false;
          }
        });
  }

  private void ask(Dictionary dictionary, List<String> questions) {
    List<float[]> vectors = embedder.embed(questions);
    for (int i = 0; i < questions.size(); i++) {
      say("");
      say("\"" + questions.get(i) + "\"");
      dictionary.answers(vectors.get(i), ANSWERS).forEach(line -> say("    " + line));
    }
    say("");
  }

  private List<String> answersOf(Dictionary dictionary, List<String> questions) {
    List<String> answers = new ArrayList<>();
    for (float[] vector : embedder.embed(questions)) {
      dictionary
          .nearest(vector, ANSWERS, ConsistencyLevel.STRONG, List.of())
          .forEach(hit -> answers.add(String.valueOf(hit.getId())));
    }
    return answers;
  }

  private static List<String> concat(List<String> first, List<String> second) {
    List<String> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
