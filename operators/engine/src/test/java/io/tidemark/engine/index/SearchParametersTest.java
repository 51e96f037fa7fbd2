package io.tidemark.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.index.graph.GraphFamily;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.Metric;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SearchParametersTest {
  @Test
  void withoutParametersTheDefaultsHold() {
    assertThat(parse(Map.of(), Metric.L2, 10)).isEqualTo(SearchParameters.DEFAULT);
    assertThat(SearchParameters.DEFAULT.hasRange()).isFalse();
  }

  @Test
  void whatOtherIndexTypesNeedIsIgnored() {
    assertThat(parse(Map.of("nprobe", "x", "page_retain_order", "1"), Metric.IP, 1))
        .isEqualTo(SearchParameters.DEFAULT);
  }

  @Test
  void efIsAtLeastK() {
    assertThat(parse(Map.of("ef", "10"), Metric.L2, 10).given())
        .containsExactly(Map.entry("ef", "10"));
    assertRefused(Map.of("ef", "9"), Metric.L2, "ef(9) should be larger than k(10)");
    assertRefused(Map.of("ef", "0"), Metric.L2, "'ef' (0) should be in range [1, 32768]");
    assertRefused(Map.of("ef", "40000"), Metric.L2, "'ef' (40000) should be in range [1, 32768]");
    assertRefused(Map.of("ef", "many"), Metric.L2, "'ef' (many) should be integer");
  }

  @Test
  void aRangeLeavesSomethingBetweenItsBounds() {
    SearchParameters range = parse(Map.of("radius", "20.5", "range_filter", "10"), Metric.L2, 10);
    assertThat(range.radius()).isEqualTo(20.5f);
    assertThat(range.rangeFilter()).isEqualTo(10f);
    assertRefused(
        Map.of("radius", "10", "range_filter", "20"),
        Metric.L2,
        "range_filter must be less than radius for L2, range_filter:20.000000, radius:10.000000");
    assertRefused(
        Map.of("radius", "1", "range_filter", "1"),
        Metric.COSINE,
        "range_filter must be greater than radius for IP/COSINE");
    assertRefused(
        Map.of("radius", "0.9", "range_filter", "0.5"),
        Metric.MHJACCARD,
        "range_filter must be greater than radius for MHJACCARD, range_filter:0.500000, radius:0.900000");
    assertThat(parse(Map.of("radius", "0"), Metric.IP, 10).hasRange()).isTrue();
  }

  @Test
  void aRangeFilterAloneIsIgnored() {
    assertThat(parse(Map.of("range_filter", "1"), Metric.COSINE, 10))
        .isEqualTo(SearchParameters.DEFAULT);
  }

  @Test
  void boundsAreNumbers() {
    assertRefused(Map.of("radius", "far"), Metric.L2, "must pass numpy type for radius");
    assertRefused(Map.of("radius", "NaN"), Metric.L2, "must pass numpy type for radius");
  }

  private static SearchParameters parse(Map<String, String> params, Metric metric, int k) {
    return SearchParameters.parse(GraphFamily.HNSW, params, metric, k);
  }

  private static void assertRefused(Map<String, String> params, Metric metric, String message) {
    assertThatThrownBy(() -> parse(params, metric, 10))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
        .hasMessageContaining(message);
  }
}
