package io.tidemark.serving.wire;

import io.milvus.grpc.KeyValuePair;
import io.tidemark.model.error.TidemarkException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The key-value pairs of a query request, checked.
 *
 * @param limit -1 for none; the offset is then 0
 * @param asOf what the query is as of; empty for the present
 */
public record QueryOptions(long limit, long offset, boolean ignoreGrowing, String asOf) {
  public static final long NO_LIMIT = -1;

  /** Of the present. */
  public QueryOptions(long limit, long offset, boolean ignoreGrowing) {
    this(limit, offset, ignoreGrowing, "");
  }

  /**
   * @throws TidemarkException 1100, in Milvus's words
   */
  public static QueryOptions read(List<KeyValuePair> pairs) {
    Map<String, String> given = KeyValues.firstOfEach(pairs);
    SearchOptions.refuseUnserved(given);
    boolean ignoreGrowing = Params.flag("ignore_growing", given.get("ignore_growing"));
    checkFlags(given);
    String asOf = SearchOptions.asOf(given);
    String limitText = given.get("limit");
    if (limitText == null || limitText.equals("-1")) {
      return new QueryOptions(NO_LIMIT, 0, ignoreGrowing, asOf);
    }
    Window window = Window.read(limitText, given.get("offset"));
    return new QueryOptions(window.limit(), window.offset(), ignoreGrowing, asOf);
  }

  /** What an iterator sets and a query here has no need of: its pages are complete in any case. */
  private static void checkFlags(Map<String, String> given) {
    for (String key : List.of("iterator", "reduce_stop_for_best")) {
      Params.flag(key, given.get(key));
    }
  }

  /** A page of an answer, within the limits. */
  record Window(long limit, long offset) {
    /**
     * @param offsetText null for 0
     * @throws TidemarkException 1100, in Milvus's words
     */
    static Window read(String limitText, @Nullable String offsetText) {
      long limit = Params.number("limit", limitText);
      long offset = offsetText == null ? 0 : Params.number("offset", offsetText);
      String prefix = "invalid max query result window, ";
      if (offset < 0) {
        throw TidemarkException.invalid(
            prefix + "offset [" + offset + "] is invalid, should be gte than 0");
      }
      if (limit <= 0) {
        throw TidemarkException.invalid(
            prefix + "limit [" + limit + "] is invalid, should be greater than 0");
      }
      if (limit > ProtocolLimits.WINDOW_MAX || offset + limit > ProtocolLimits.WINDOW_MAX) {
        throw TidemarkException.invalid(
            prefix
                + "(offset+limit) should be in range [1, "
                + ProtocolLimits.WINDOW_MAX
                + "], but got "
                + (offset + limit));
      }
      return new Window(limit, offset);
    }
  }
}
