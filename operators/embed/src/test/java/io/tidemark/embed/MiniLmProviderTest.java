package io.tidemark.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.embedding.Embedders;
import java.util.List;
import org.junit.jupiter.api.Test;

class MiniLmProviderTest {
  @Test
  void texts_that_mean_the_same_are_near_each_other() {
    try (Embedder model = Embedders.open("All-MiniLM-L6-v2")) {
      List<float[]> vectors =
          model.embed(List.of("a small dog", "a little puppy", "the stock market fell", " "));
      assertThat(vectors).hasSize(4).allSatisfy(v -> assertThat(v).hasSize(model.dimension()));
      assertThat(product(vectors.get(0), vectors.get(1)))
          .isGreaterThan(0.6)
          .isGreaterThan(product(vectors.get(0), vectors.get(2)) + 0.3);
      assertThat(product(vectors.get(0), vectors.get(0))).isBetween(0.99, 1.01);
    }
  }

  @Test
  void a_model_that_nobody_offers_is_refused_by_name() {
    assertThatThrownBy(() -> Embedders.of("gpt")).hasMessageContaining("all-minilm-l6-v2");
  }

  private static double product(float[] a, float[] b) {
    double product = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
    }
    return product;
  }
}
