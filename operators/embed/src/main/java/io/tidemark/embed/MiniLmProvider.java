package io.tidemark.embed;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.embedding.EmbedderProvider;
import java.util.List;

/**
 * {@code all-minilm-l6-v2}: 384 floats of unit length, quantised weights, on all cores of this
 * machine; the weights come with the class path.
 */
public final class MiniLmProvider implements EmbedderProvider {
  private static final String MODEL = "all-minilm-l6-v2";
  private static final int DIMENSION = 384;

  @Override
  public List<String> models() {
    return List.of(MODEL);
  }

  @Override
  public Embedder open(String model) {
    return new MiniLm();
  }

  private static final class MiniLm implements Embedder {
    private final EmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel();

    @Override
    public int dimension() {
      return DIMENSION;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      List<TextSegment> segments =
          texts.stream()
              // The library refuses blank texts; the model does not.
              .map(text -> TextSegment.from(text.isBlank() ? "." : text))
              .toList();
      return model.embedAll(segments).content().stream().map(Embedding::vector).toList();
    }

    @Override
    public void close() {
      // The weights stay with the class: there is one session per process.
    }
  }
}
