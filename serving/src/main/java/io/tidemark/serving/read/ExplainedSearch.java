package io.tidemark.serving.read;

/**
 * A search that was explained.
 *
 * @param collection {@code DATABASE.NAME}
 * @param field that was searched
 * @param limit hits wanted for each query
 */
public record ExplainedSearch(
    String collection, String field, int limit, SearchExplanation explanation) {}
