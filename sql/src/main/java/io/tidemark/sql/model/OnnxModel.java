package io.tidemark.sql.model;

import org.apache.flink.table.functions.AsyncPredictFunction;
import org.apache.flink.table.functions.PredictFunction;
import org.apache.flink.table.ml.AsyncPredictRuntimeProvider;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.ml.PredictRuntimeProvider;

/** A declared model, for both kinds of ML_PREDICT. */
record OnnxModel(String model, int batchSize)
    implements PredictRuntimeProvider, AsyncPredictRuntimeProvider {
  @Override
  public PredictFunction createPredictFunction(Context context) {
    return new EmbedFunction(model);
  }

  @Override
  public AsyncPredictFunction createAsyncPredictFunction(Context context) {
    return new AsyncEmbedFunction(model, batchSize);
  }

  @Override
  public ModelProvider copy() {
    return this;
  }
}
