package io.tidemark.serving.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milvus.grpc.FunctionSchema;
import io.milvus.grpc.FunctionScore;
import io.milvus.grpc.FunctionType;
import io.milvus.grpc.KeyValuePair;
import io.tidemark.engine.segment.Fusion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HybridOptionsTest {
  private static final FunctionScore NONE = FunctionScore.getDefaultInstance();

  private static List<KeyValuePair> pairs(Map<String, String> params) {
    return KeyValues.toPairs(params);
  }

  private static Fusion strategy(String name, String params) {
    return Fusions.read(NONE, pairs(Map.of("strategy", name, "params", params)), 2);
  }

  private static FunctionSchema function(Map<String, String> params) {
    return FunctionSchema.newBuilder()
        .setType(FunctionType.Rerank)
        .addAllParams(pairs(params))
        .build();
  }

  private static Fusion function(FunctionSchema... functions) {
    return Fusions.read(
        FunctionScore.newBuilder().addAllFunctions(List.of(functions)).build(), List.of(), 2);
  }

  @Test
  void ranksAreFusedByTheirReciprocalsUnlessSaidOtherwise() {
    assertThat(Fusions.read(NONE, List.of(), 3)).isEqualTo(new Fusion.ReciprocalRank(60));
    assertThat(strategy("rrf", "{}")).isEqualTo(new Fusion.ReciprocalRank(60));
    assertThat(strategy("rrf", "{\"k\": 0.5}")).isEqualTo(new Fusion.ReciprocalRank(0.5f));
    assertThat(function(function(Map.of("reranker", "RRF", "k", "7"))))
        .isEqualTo(new Fusion.ReciprocalRank(7));
  }

  @Test
  void weightsComeAsAnArrayAndAreNormalisedOnlyIfAsked() {
    Fusion plain = new Fusion.Weighted(List.of(0.7f, 0.3f), false);
    Fusion normalised = new Fusion.Weighted(List.of(0.7f, 0.3f), true);
    assertThat(strategy("weighted", "{\"weights\": [0.7, 0.3]}")).isEqualTo(plain);
    assertThat(strategy("weighted", "{\"weights\": [0.7, 0.3], \"norm_score\": true}"))
        .isEqualTo(normalised);
    assertThat(
            function(
                function(
                    Map.of("reranker", "weighted", "weights", "[0.7, 0.3]", "norm_score", "True"))))
        .isEqualTo(normalised);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "rrf|{\"k\": 0}|should be in range (0, 16384), but got 0.0",
        "rrf|{\"k\": 16384}|but got 16384.0",
        "rrf|{\"k\": \"many\"}|Param k:many is not a number",
        "rrf|[60]|rank parameter 'params' should be a JSON object",
        "weighted|{}|weights not found",
        "weighted|{\"weights\": 1}|The weights param should be an array of numbers, but got 1",
        "weighted|{\"weights\": [\"1\", 0]}|should be an array of numbers",
        "weighted|{\"weights\": [[1], 0]}|should be an array of numbers",
        "weighted|{\"weights\": [1.5, 0]}|should be in range [0, 1], but got 1.5",
        "weighted|{\"weights\": [1, 0], \"norm_score\": 3}|norm_score params must be true/false",
        "weighted|{\"weights\": [1]}|ann search requests: invalid parameter[expected=2][actual=1]",
        "weighted|{\"weights\": []}|[expected=2][actual=0]",
        "expr|{}|unsupported rank type [expr], expected one of [rrf, weighted]",
        "``|{}|unsupported rank type [], expected one of [rrf, weighted]",
      })
  void badStrategiesAreRefused(String name, String params, String reason) {
    assertThatThrownBy(() -> strategy(name, params)).hasMessageContaining(reason);
  }

  @Test
  void otherFunctionsAreRefusedByName() {
    assertThatThrownBy(() -> Fusions.read(NONE, pairs(Map.of("strategy", "rrf")), 2))
        .hasMessageContaining("params not found in rank_params");
    for (String name : List.of("decay", "model", "boost", "")) {
      assertThatThrownBy(() -> function(function(Map.of("reranker", name))))
          .hasMessageContaining("Unsupported rerank function: [" + name + "]")
          .hasMessageContaining("[rrf, weighted]");
    }
    FunctionSchema rrf = function(Map.of("reranker", "rrf"));
    assertThatThrownBy(() -> function(function(Map.of("reranker", "rrf", "k", "1", "K", "2"))))
        .hasMessageContaining("parameter k is given twice");
    assertThatThrownBy(() -> function(rrf, rrf))
        .hasMessageContaining("Currently only supports one rerank, but got 2");
    assertThatThrownBy(() -> function(rrf.toBuilder().addInputFieldNames("year").build()))
        .hasMessageContaining("The rrf function does not support input parameters")
        .hasMessageContaining("year");
    assertThatThrownBy(() -> function(rrf.toBuilder().setType(FunctionType.BM25).build()))
        .hasMessageContaining("BM25 is not rerank function");
  }

  @Test
  void thePageIsThatOfTheFusedHits() {
    assertThat(
            HybridOptions.read(
                pairs(
                    Map.of(
                        "limit",
                        "10",
                        "offset",
                        "5",
                        "round_decimal",
                        "3",
                        "ignore_growing",
                        "True",
                        "as_of",
                        "then"))))
        .isEqualTo(new HybridOptions(10, 5, 3, true, "then"));
    assertThatThrownBy(() -> HybridOptions.read(List.of()))
        .hasMessageContaining("limit not found in rank_params");
    assertThatThrownBy(() -> HybridOptions.read(pairs(Map.of("limit", "0"))))
        .hasMessageContaining("limit [0] is invalid, should be greater than 0");
    assertThatThrownBy(() -> HybridOptions.read(pairs(Map.of("limit", "16000", "offset", "400"))))
        .hasMessageContaining("(offset+limit) should be in range [1, 16384], but got 16400");
    assertThatThrownBy(() -> HybridOptions.read(pairs(Map.of("limit", "1", "round_decimal", "9"))))
        .hasMessageContaining("round_decimal [9]");
    assertThatThrownBy(
            () -> HybridOptions.read(pairs(Map.of("limit", "1", "group_by_field", "year"))))
        .hasMessageContaining("group_by_field");
  }

  @Test
  void aPartHasItsOwnLimitAndNoOffset() {
    SearchOptions own = SearchOptions.readPart(pairs(Map.of("topk", "7", "offset", "3")), 20);
    assertThat(own.limit()).isEqualTo(7);
    assertThat(own.offset()).isZero();
    assertThat(SearchOptions.readPart(pairs(Map.of("limit", "8")), 20).limit()).isEqualTo(8);
    assertThat(SearchOptions.readPart(List.of(), 20).limit()).isEqualTo(20);
    assertThatThrownBy(() -> SearchOptions.readPart(pairs(Map.of("topk", "0")), 20))
        .hasMessageContaining("topk [0] is invalid");
  }

  @Test
  void allSeeTheCollectionAtOneMoment() {
    HybridOptions now = HybridOptions.read(pairs(Map.of("limit", "1")));
    SearchOptions then = SearchOptions.readPart(pairs(Map.of("as_of", "then")), 1);
    SearchOptions before =
        SearchOptions.readPart(pairs(Map.of("params", "{\"as_of\": \"before\"}")), 1);
    SearchOptions none = SearchOptions.readPart(List.of(), 1);
    assertThat(now.moment(List.of(none))).isEmpty();
    assertThat(now.moment(List.of(none, then, then))).isEqualTo("then");
    assertThatThrownBy(() -> now.moment(List.of(then, none, before)))
        .hasMessageContaining("as_of [before] is invalid beside [then]");
  }
}
