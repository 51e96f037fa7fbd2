package io.tidemark.serving.wire;

import io.milvus.grpc.KeyValuePair;
import io.tidemark.model.error.TidemarkException;
import java.util.List;
import java.util.Map;

/**
 * The key-value pairs of a hybrid search request, checked; those of its searches are {@link
 * SearchOptions}.
 *
 * @param roundDecimal decimals of the fused scores, -1 for all
 * @param ignoreGrowing for all its searches
 * @param asOf what all its searches are as of; empty for the present
 */
public record HybridOptions(
    int limit, int offset, int roundDecimal, boolean ignoreGrowing, String asOf) {
  /**
   * @throws TidemarkException 1100, in Milvus's words
   */
  public static HybridOptions read(List<KeyValuePair> rankParams) {
    Map<String, String> given = KeyValues.toMap(rankParams);
    SearchOptions.refuseUnserved(given);
    String limit = given.get("limit");
    if (limit == null) {
      throw TidemarkException.invalid("limit not found in rank_params");
    }
    QueryOptions.Window window = QueryOptions.Window.read(limit, given.get("offset"));
    return new HybridOptions(
        (int) window.limit(),
        (int) window.offset(),
        SearchOptions.roundDecimal(given.getOrDefault("round_decimal", "-1")),
        Params.flag("ignore_growing", given.get("ignore_growing")),
        SearchOptions.asOf(given));
  }

  /**
   * The one moment that the request and its searches name; empty for the present.
   *
   * @throws TidemarkException 1100 if they name several
   */
  public String moment(List<SearchOptions> searches) {
    String moment = asOf;
    for (SearchOptions search : searches) {
      if (moment.isEmpty()) {
        moment = search.asOf();
      } else if (!search.asOf().isEmpty() && !search.asOf().equals(moment)) {
        throw TidemarkException.invalid(
            "as_of ["
                + search.asOf()
                + "] is invalid beside ["
                + moment
                + "]: the searches of one request see the collection at one moment");
      }
    }
    return moment;
  }

  /** With which offset and limit the fused hits are cut, as the largest a search needs to find. */
  public int window() {
    return offset + limit;
  }
}
