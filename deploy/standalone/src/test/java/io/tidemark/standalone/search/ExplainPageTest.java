package io.tidemark.standalone.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.serving.read.ExplainedSearch;
import io.tidemark.serving.read.SearchExplanation;
import io.tidemark.standalone.http.HttpEndpoint.Answer;
import io.tidemark.standalone.http.HttpEndpoint.Request;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainPageTest {
  private static final Set<String> COLLECTIONS = Set.of("default.books", "shop.items");

  private final ExplainPage page =
      new ExplainPage(
          () -> List.of(search("shop.items"), search("default.books")),
          (database, name) -> COLLECTIONS.contains(database + "." + name));

  private static ExplainedSearch search(String collection) {
    return new ExplainedSearch(
        collection, "vector", 10, new SearchExplanation(1, 1, 0, 0, List.of()));
  }

  private Answer of(String collection) {
    return page.answer(new Request("GET", Map.of("collection", collection)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"books", "default.books"})
  void a_collection_of_the_default_database_has_a_short_name(String collection) {
    Answer answer = of(collection);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("default.books").doesNotContain("shop.items");
  }

  @Test
  void without_a_collection_all_searches_are_shown() {
    assertThat(page.answer(new Request("GET", Map.of())).body())
        .containsSubsequence("shop.items", "default.books");
  }

  @ParameterizedTest
  @ValueSource(strings = {"items", "shop.books", "nosuch", "", "."})
  void a_collection_that_does_not_exist_is_refused(String collection) {
    Answer answer = of(collection);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).startsWith("collection not found[database=");
  }

  @Test
  void an_unknown_parameter_is_refused() {
    assertThat(page.answer(new Request("GET", Map.of("what", "1"))).status()).isEqualTo(400);
  }
}
