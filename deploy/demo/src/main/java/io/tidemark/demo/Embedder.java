package io.tidemark.demo;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.util.List;

/**
 * Sentences to vectors on this machine: all-MiniLM-L6-v2, quantised, {@link #DIMENSION} floats of
 * unit length.
 */
final class Embedder {
  static final int DIMENSION = 384;

  private final EmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel();

  /** One vector per text, in order. */
  List<float[]> embed(List<String> texts) {
    return model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
        .map(Embedding::vector)
        .toList();
  }
}
