package io.tidemark.serving.wire;

import io.milvus.grpc.KeyValuePair;
import io.tidemark.model.error.TidemarkException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The key-value pairs of a search request, checked.
 *
 * @param field to search; empty for the only vector field
 * @param metric as the client expects it; empty for the index's
 * @param roundDecimal decimals of the scores, -1 for all
 * @param asOf what the search is as of; empty for the present
 * @param exact every row that passes is scored, indexes are left aside
 * @param explain the answer says how it was found
 * @param index parameters for the index (ef, radius, …): from the JSON under {@code params},
 *     overruled by those beside it
 */
public record SearchOptions(
    String field,
    int limit,
    int offset,
    String metric,
    int roundDecimal,
    boolean ignoreGrowing,
    String asOf,
    boolean exact,
    boolean explain,
    Map<String, String> index) {
  /** Ours: a time gone by, or a snapshot's name; beside the others or among {@code params}. */
  static final String AS_OF = "as_of";

  /** Ours: no index is used. */
  static final String EXACT = "exact";

  /** Ours: the answer's status carries {@link Explanations}. */
  public static final String EXPLAIN = "explain";

  private static final Set<String> NOT_FOR_INDEX =
      Set.of(
          "anns_field",
          "topk",
          "limit",
          "offset",
          "metric_type",
          "round_decimal",
          "ignore_growing",
          "params",
          "group_by_field",
          "group_size",
          "strict_group_size",
          "iterator",
          "collection_id",
          "search_iter_v2",
          "search_iter_batch_size",
          "search_iter_last_bound",
          "search_iter_id",
          "hints",
          "timezone",
          "guarantee_timestamp",
          AS_OF,
          EXACT,
          EXPLAIN);

  /** Of later releases of Milvus. */
  private static final List<String> UNSERVED =
      List.of("group_by_fields", "order_by_fields", "order_by");

  public SearchOptions {
    index = Map.copyOf(index);
  }

  /**
   * @throws TidemarkException 1100, in Milvus's words
   */
  public static SearchOptions read(List<KeyValuePair> pairs) {
    return read(KeyValues.firstOfEach(pairs));
  }

  /**
   * Of one of the searches of a hybrid search, whose offset says nothing: only the fused hits have
   * one.
   *
   * @param limit if the search has none of its own
   * @throws TidemarkException 1100, in Milvus's words
   */
  public static SearchOptions readPart(List<KeyValuePair> pairs, int limit) {
    Map<String, String> given = KeyValues.firstOfEach(pairs);
    given.remove("offset");
    if (!given.containsKey("limit")) {
      given.putIfAbsent("topk", String.valueOf(limit));
    }
    return read(given);
  }

  private static SearchOptions read(Map<String, String> given) {
    refuseUnserved(given);
    String topkText = given.getOrDefault("topk", given.get("limit"));
    if (topkText == null) {
      throw TidemarkException.invalid("topk is required");
    }
    long limit = Params.number("topk", topkText);
    boolean iterator = Params.flag("iterator", given.get("iterator"));
    if (iterator && limit > ProtocolLimits.TOPK_MAX) {
      limit = ProtocolLimits.TOPK_MAX;
    }
    checkWindow("topk [" + limit + "]", limit, 1);
    long offset = given.containsKey("offset") ? Params.number("offset", given.get("offset")) : 0;
    checkWindow("offset [" + offset + "]", offset, 0);
    checkWindow("offset+topk [" + (offset + limit) + "]", offset + limit, 1);
    checkIterator(given, offset);
    Map<String, String> index = new HashMap<>();
    String params = given.getOrDefault("params", "");
    if (!params.isBlank()) {
      index.putAll(JsonDocuments.flat(params, "search parameter 'params'"));
    }
    index.putAll(given);
    String asOf = asOf(index);
    boolean exact = Params.flag(EXACT, index.get(EXACT));
    boolean explain = Params.flag(EXPLAIN, index.get(EXPLAIN));
    index.keySet().removeAll(NOT_FOR_INDEX);
    return new SearchOptions(
        given.getOrDefault("anns_field", ""),
        (int) limit,
        (int) offset,
        given.getOrDefault("metric_type", ""),
        roundDecimal(given.getOrDefault("round_decimal", "-1")),
        Params.flag("ignore_growing", given.get("ignore_growing")),
        asOf,
        exact,
        explain,
        index);
  }

  /**
   * @throws TidemarkException 1100 for what would be answered wrongly if it were left aside
   */
  static void refuseUnserved(Map<String, String> given) {
    if (!given.getOrDefault("group_by_field", "").isEmpty()) {
      throw Reasons.notSupportedYet("grouping search (group_by_field)");
    }
    for (String key : UNSERVED) {
      if (!given.getOrDefault(key, "").isBlank()) {
        throw Reasons.notSupportedYet(key + " [" + given.get(key) + "]");
      }
    }
  }

  /**
   * An iterator's first page is answered as any search is, without a token: clients take that for a
   * server of before and go on by ranges. What they would not notice is refused.
   */
  private static void checkIterator(Map<String, String> given, long offset) {
    if (!Params.flag("search_iter_v2", given.get("search_iter_v2"))) {
      return;
    }
    String failed = "parse iterator v2 info failed: ";
    if (!Params.flag("iterator", given.get("iterator"))) {
      throw TidemarkException.invalid(
          failed + "both iterator and search_iter_v2 must be set in the SDK");
    }
    if (offset > 0) {
      throw TidemarkException.invalid(
          failed
              + "Setting an offset is not permitted when using a search iterator v2, but got "
              + offset);
    }
    String batch = given.getOrDefault("search_iter_batch_size", "");
    if (batch.isBlank()) {
      throw TidemarkException.invalid(failed + "batch size is required (search_iter_batch_size)");
    }
    long size = Params.number("batch size", batch);
    checkWindow(failed + "batch size [" + size + "]", size, 1);
    for (String key : List.of("search_iter_last_bound", "search_iter_id")) {
      if (!given.getOrDefault(key, "").isBlank()) {
        throw Reasons.notSupportedYet("the next page of an iterator by " + key);
      }
    }
  }

  private static void checkWindow(String what, long value, int min) {
    if (value < min || value > ProtocolLimits.WINDOW_MAX) {
      throw TidemarkException.invalid(
          what
              + " is invalid, it should be in range ["
              + min
              + ", "
              + ProtocolLimits.WINDOW_MAX
              + "], but got "
              + value);
    }
  }

  static int roundDecimal(String text) {
    long value;
    try {
      value = Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      value = Long.MIN_VALUE;
    }
    if (value < ProtocolLimits.ROUND_DECIMAL_MIN || value > ProtocolLimits.ROUND_DECIMAL_MAX) {
      throw TidemarkException.invalid(
          "round_decimal ["
              + text
              + "] is invalid, should be -1 or an integer in range [0, "
              + ProtocolLimits.ROUND_DECIMAL_MAX
              + "]");
    }
    return (int) value;
  }

  /** The moment that is asked for; empty for now, which is said by leaving it out. */
  static String asOf(Map<String, String> given) {
    String value = given.get(AS_OF);
    if (value == null) {
      return "";
    }
    if (value.isBlank()) {
      throw TidemarkException.invalid(
          "as_of ["
              + value
              + "] is invalid, expected a snapshot's name, a hybrid timestamp or an instant; leave it out to read what is there now");
    }
    return value;
  }
}
