package io.tidemark.serving.read;

import io.tidemark.engine.segment.Fusion;
import io.tidemark.model.error.TidemarkException;
import java.util.List;

/**
 * Several searches of one collection whose hits are fused, checked against the schema by the
 * caller. All see one view.
 *
 * @param searches at least one, alike in all but field, metric, queries, limit, parameters, filter
 *     and {@code ignoreGrowing}; with as many queries each, no offset, and no output fields
 * @param limit fused hits per query after {@code offset}
 * @param outputFields ids of the fields to return
 */
public record HybridCommand(
    List<SearchCommand> searches,
    Fusion fusion,
    int limit,
    int offset,
    List<Integer> outputFields) {
  public HybridCommand {
    searches = List.copyOf(searches);
    outputFields = List.copyOf(outputFields);
    if (searches.isEmpty()) {
      throw TidemarkException.invalid("minimum of ann search requests is 1, but got none");
    }
    SearchCommand first = searches.getFirst();
    for (SearchCommand other : searches) {
      if (!other.collection().equals(first.collection())
          || !other.partitions().equals(first.partitions())
          || other.guaranteeTimestamp() != first.guaranteeTimestamp()
          || other.queries().size() != first.queries().size()
          || other.offset() != 0) {
        throw new IllegalArgumentException("the searches are not of one view and its queries");
      }
    }
    if (limit < 1 || offset < 0) {
      throw TidemarkException.invalid(
          "limit " + limit + " and offset " + offset + ": expected limit ≥ 1, offset ≥ 0");
    }
  }

  /** What all searches have in common is to be asked of any. */
  SearchCommand first() {
    return searches.getFirst();
  }
}
