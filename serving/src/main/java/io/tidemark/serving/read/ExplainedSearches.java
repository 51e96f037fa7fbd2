package io.tidemark.serving.read;

import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last searches that were explained, for those whose client does not show it. Thread-safe. */
final class ExplainedSearches {
  private static final int KEPT = 16;

  private final Deque<ExplainedSearch> last = new ArrayDeque<>();

  synchronized void add(SearchCommand command, SearchExplanation explanation) {
    if (last.size() == KEPT) {
      last.removeLast();
    }
    last.addFirst(
        new ExplainedSearch(
            command.collection().database() + "." + command.collection().name(),
            command
                .collection()
                .schema()
                .field(command.fieldId())
                .map(FieldSchema::name)
                .orElse(""),
            command.limit(),
            explanation));
  }

  /** The newest first. */
  synchronized List<ExplainedSearch> all() {
    return List.copyOf(last);
  }
}
