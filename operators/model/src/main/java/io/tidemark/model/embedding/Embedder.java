package io.tidemark.model.embedding;

import java.util.List;

/** A model that turns texts into vectors. Not thread-safe. */
public interface Embedder extends AutoCloseable {
  /** Of every vector. */
  int dimension();

  /**
   * One vector per text, in their order; the same text always gives the same. A text that is too
   * long for the model is cut.
   *
   * @throws RuntimeException if the model fails; asking again may help
   */
  List<float[]> embed(List<String> texts);

  @Override
  void close();
}
