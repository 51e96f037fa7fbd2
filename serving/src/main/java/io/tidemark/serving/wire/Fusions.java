package io.tidemark.serving.wire;

import io.milvus.grpc.FunctionSchema;
import io.milvus.grpc.FunctionScore;
import io.milvus.grpc.FunctionType;
import io.milvus.grpc.KeyValuePair;
import io.tidemark.engine.segment.Fusion;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a hybrid search asks for its hits to be fused: by a rerank function, else by {@code strategy}
 * and {@code params} among its rank parameters, else by reciprocal ranks.
 */
public final class Fusions {
  private static final String RRF = "rrf";
  private static final String WEIGHTED = "weighted";
  private static final String WEIGHTS = "weights";
  private static final String NORM_SCORE = "norm_score";
  private static final String WAY_OUT =
      ", expected one of [rrf, weighted]; rerank what is found by those on the client";

  private Fusions() {}

  /**
   * @param searches how many are fused
   * @throws TidemarkException 1100, in Milvus's words
   */
  public static Fusion read(FunctionScore function, List<KeyValuePair> rankParams, int searches) {
    Fusion fusion =
        function.getFunctionsCount() > 0
            ? ofFunction(function.getFunctionsList())
            : ofStrategy(KeyValues.toMap(rankParams));
    if (fusion instanceof Fusion.Weighted weighted && weighted.weights().size() != searches) {
      throw Reasons.invalid(
          searches,
          weighted.weights().size(),
          "the length of weights param mismatch with ann search requests");
    }
    return fusion;
  }

  private static Fusion ofFunction(List<FunctionSchema> functions) {
    if (functions.size() > 1) {
      throw TidemarkException.invalid(
          "Currently only supports one rerank, but got " + functions.size());
    }
    FunctionSchema function = functions.getFirst();
    if (function.getType() != FunctionType.Rerank) {
      throw TidemarkException.invalid(function.getType() + " is not rerank function.");
    }
    Map<String, String> params =
        KeyValues.toMap(
            function.getParamsList().stream()
                .map(param ->
                    KeyValues.pair(param.getKey().toLowerCase(Locale.ROOT), param.getValue()))
                .toList());
    String name = params.getOrDefault("reranker", "").toLowerCase(Locale.ROOT);
    if (!name.equals(RRF) && !name.equals(WEIGHTED)) {
      throw TidemarkException.invalid("Unsupported rerank function: [" + name + "]" + WAY_OUT);
    }
    if (function.getInputFieldNamesCount() + function.getOutputFieldNamesCount() > 0) {
      throw TidemarkException.invalid(
          "The "
              + name
              + " function does not support input parameters, but got "
              + function.getInputFieldNamesList()
              + function.getOutputFieldNamesList());
    }
    return of(name, params);
  }

  private static Fusion ofStrategy(Map<String, String> given) {
    String name = given.get("strategy");
    if (name == null) {
      return new Fusion.ReciprocalRank(Fusion.ReciprocalRank.K_DEFAULT);
    }
    if (!name.equals(RRF) && !name.equals(WEIGHTED)) {
      throw TidemarkException.invalid("unsupported rank type [" + name + "]" + WAY_OUT);
    }
    String params = given.get("params");
    if (params == null) {
      throw TidemarkException.invalid("params not found in rank_params");
    }
    return of(name, JsonDocuments.flat(params, "rank parameter 'params'"));
  }

  private static Fusion of(String name, Map<String, String> params) {
    return name.equals(RRF) ? reciprocalRank(params.get("k")) : weighted(params);
  }

  private static Fusion reciprocalRank(@Nullable String k) {
    if (k == null) {
      return new Fusion.ReciprocalRank(Fusion.ReciprocalRank.K_DEFAULT);
    }
    try {
      return new Fusion.ReciprocalRank(Float.parseFloat(k.trim()));
    } catch (NumberFormatException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER, "Param k:" + k + " is not a number", e);
    }
  }

  /** Scores are not normalised unless asked for, as in Milvus 2.6. */
  private static Fusion weighted(Map<String, String> params) {
    String weights = params.get(WEIGHTS);
    if (weights == null) {
      throw TidemarkException.invalid("weights not found");
    }
    String normalised = params.getOrDefault(NORM_SCORE, "false").trim();
    if (!normalised.equalsIgnoreCase("true") && !normalised.equalsIgnoreCase("false")) {
      throw TidemarkException.invalid(
          NORM_SCORE + " params must be true/false, but got " + normalised);
    }
    return new Fusion.Weighted(
        JsonDocuments.numbers(weights, "The weights param"), normalised.equalsIgnoreCase("true"));
  }
}
