package io.tidemark.standalone.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryParametersTest {
  @Test
  void names_and_values_are_decoded() {
    assertThat(QueryParameters.parse(null)).isEmpty();
    assertThat(QueryParameters.parse("")).isEmpty();
    assertThat(QueryParameters.parse("a=1&&b=&c%3D=x+y%C3%A9&"))
        .isEqualTo(Map.of("a", "1", "b", "", "c=", "x yé"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "collection | parameter 'collection' is not of the form NAME=VALUE",
        "kind=compact&collection | parameter 'collection' is not of the form NAME=VALUE",
        "=1 | parameter '=1' is not of the form NAME=VALUE",
        "kind=compact&kind=expire | parameter 'kind' is given twice, as 'compact' and as 'expire'",
        "id=%ff%fe | parameter '%ff%fe' is no UTF-8",
        "id=%zz | URLDecoder: Illegal hex characters",
      })
  void what_could_be_meant_in_two_ways_is_refused(String query, String expected) {
    assertThatThrownBy(() -> QueryParameters.parse(query))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void long_values_and_control_characters_do_not_come_back() {
    assertThatThrownBy(() -> QueryParameters.parse("id=" + "a".repeat(65_537)))
        .hasMessage("parameter 'id' has 65537 characters, the limit is 65536");
    assertThatThrownBy(() -> QueryParameters.parse("a%0Ab=" + "x".repeat(500) + "&a%0Ab=y"))
        .hasMessageContaining("'a?b' is given twice")
        .hasMessageNotContaining("x".repeat(101));
  }
}
