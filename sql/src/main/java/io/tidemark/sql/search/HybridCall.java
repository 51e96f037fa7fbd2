package io.tidemark.sql.search;

import io.milvus.grpc.SearchRequest;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.sql.search.TidemarkHybridSearchFunction.Ranker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * TIDEMARK_HYBRID_SEARCH at work: one hybrid search for each call, which waits for it. Not
 * thread-safe.
 */
final class HybridCall implements AutoCloseable {
  /** Parameters of ours: hits of each search, and those of the rankers. */
  private static final String CANDIDATES = "candidates";

  private static final String RRF_K = "rrf_k";
  private static final String NORM_SCORE = "norm_score";
  private static final double RRF_K_DEFAULT = 60;

  private final List<SearchTarget> targets;
  private final Ranker ranker;
  private final SearchSettings settings;
  private final Searcher searcher;

  HybridCall(List<SearchTarget> targets, Ranker ranker, SearchSettings settings) {
    this.targets = targets;
    this.ranker = ranker;
    this.settings = settings;
    this.searcher = new Searcher(targets.getFirst());
  }

  /**
   * @param queries of each target one, or NULL to leave it out
   * @param weights of each target one, only for the ranker that weighs
   * @throws TidemarkException 1100 for another number of queries or weights; whatever the server
   *     answers
   */
  Collection<RowData> rows(
      ArrayData queries,
      int limit,
      @Nullable List<@Nullable Double> weights,
      @Nullable String filter,
      @Nullable String params) {
    checkCount("queries", queries.size());
    Map<String, String> given =
        new TreeMap<>(SearchSettings.parameters(params == null ? "" : params));
    String candidates = given.remove(CANDIDATES);
    String ranking = ranking(queries, weights, given);
    SearchSettings each = settings.with(filter == null ? "" : filter, given);
    List<SearchRequest> searches = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      if (!queries.isNullAt(i)) {
        SearchTarget target = targets.get(i);
        searches.add(
            searcher.request(
                target,
                List.of(target.query(queries.getArray(i))),
                candidates == null ? String.valueOf(limit) : candidates,
                each));
      }
    }
    return searches.isEmpty()
        ? List.of()
        : searcher.fused(
            searches,
            Map.of(
                "strategy", ranker.wireName(), "params", ranking, "limit", String.valueOf(limit)),
            each);
  }

  private void checkCount(String what, int count) {
    if (count != targets.size()) {
      throw TidemarkException.invalid(
          what
              + " has "
              + count
              + " elements, expected one for each of the fields "
              + targets.stream().map(SearchTarget::field).toList());
    }
  }

  /** The ranker's own parameters, as JSON; takes them out of {@code given}. */
  private String ranking(
      ArrayData queries, @Nullable List<@Nullable Double> weights, Map<String, String> given) {
    return switch (ranker) {
      case RRF -> {
        refuse(NORM_SCORE, given);
        yield "{\"k\":" + number(RRF_K, given.remove(RRF_K)) + "}";
      }
      case WEIGHTED -> {
        refuse(RRF_K, given);
        yield "{\"weights\":"
            + weights(queries, weights)
            + ",\"norm_score\":"
            + flag(NORM_SCORE, given.remove(NORM_SCORE))
            + "}";
      }
    };
  }

  private void refuse(String name, Map<String, String> given) {
    if (given.containsKey(name)) {
      throw TidemarkException.invalid(
          name + " says nothing to the ranker '" + ranker.wireName() + "', leave it out");
    }
  }

  private static double number(String name, @Nullable String text) {
    try {
      return text == null ? RRF_K_DEFAULT : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER, name + " is '" + text + "', expected a number", e);
    }
  }

  /** True unless said otherwise: scores of different metrics do not compare as they are. */
  private static boolean flag(String name, @Nullable String text) {
    if (text != null && !text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
      throw TidemarkException.invalid(name + " is '" + text + "', expected true or false");
    }
    return text == null || Boolean.parseBoolean(text);
  }

  /** Of the queries that there are. */
  private List<Double> weights(ArrayData queries, @Nullable List<@Nullable Double> weights) {
    if (weights == null) {
      throw TidemarkException.invalid("weights is NULL, expected one for each field");
    }
    checkCount("weights", weights.size());
    List<Double> present = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      Double weight = weights.get(i);
      if (weight == null || !Double.isFinite(weight)) {
        throw TidemarkException.invalid(
            "element " + i + " of weights is " + weight + ", expected a number from 0 to 1");
      }
      if (!queries.isNullAt(i)) {
        present.add(weight);
      }
    }
    return present;
  }

  @Override
  public void close() {
    searcher.close();
  }
}
