package io.tidemark.model.embedding;

import java.util.List;

/** Where models come from; found with {@link java.util.ServiceLoader}. Stateless. */
public interface EmbedderProvider {
  /** The names of its models, in lower case. */
  List<String> models();

  /**
   * Loads a model, which may take seconds.
   *
   * @param model one of {@link #models}
   */
  Embedder open(String model);
}
