package io.tidemark.jobs.reembed;

import io.tidemark.jobs.VectorLake;
import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.embedding.EmbedderProvider;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** For tests: vectors that follow from the text's hash, of two models. */
public final class HashingProvider implements EmbedderProvider {
  static final String MODEL = "test-hashing";
  static final String OTHER_MODEL = "test-hashing-2";

  /** Runs before a batch is embedded, with the number of the batch in the process. */
  static final AtomicReference<Runnable> BEFORE_BATCH = new AtomicReference<>(() -> {});

  static final AtomicInteger TEXTS = new AtomicInteger();

  static float[] vector(String model, String text) {
    Random random = new Random(31L * model.hashCode() + text.hashCode());
    float[] vector = new float[VectorLake.OTHER_DIMENSION];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  @Override
  public List<String> models() {
    return List.of(MODEL, OTHER_MODEL);
  }

  @Override
  public Embedder open(String model) {
    return new Embedder() {
      @Override
      public int dimension() {
        return VectorLake.OTHER_DIMENSION;
      }

      @Override
      public List<float[]> embed(List<String> texts) {
        BEFORE_BATCH.get().run();
        TEXTS.addAndGet(texts.size());
        return texts.stream().map(text -> vector(model, text)).toList();
      }

      @Override
      public void close() {}
    };
  }
}
