package io.tidemark.sql.model;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** The options of {@code CREATE MODEL … WITH ('provider'='tidemark-onnx')}. */
public final class ModelOptions {
  public static final ConfigOption<String> MODEL =
      ConfigOptions.key("model")
          .stringType()
          .defaultValue("all-minilm-l6-v2")
          .withDescription("Which of the embedding models on the class path, in any case.");

  public static final ConfigOption<String> TASK =
      ConfigOptions.key("task")
          .stringType()
          .defaultValue("embedding")
          .withDescription("What the model is for; there are embeddings only.");

  public static final ConfigOption<Integer> BATCH_SIZE =
      ConfigOptions.key("batch-size")
          .intType()
          .defaultValue(32)
          .withDescription(
              "Texts that are embedded together at most, 1 to 1024. An asynchronous ML_PREDICT has"
                  + " only as many to put together as its 'max-concurrent-operations' lets wait.");

  private ModelOptions() {}
}
