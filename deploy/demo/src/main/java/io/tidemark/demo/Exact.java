package io.tidemark.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Exact search on the client's own copy of the vectors: the truth that recall is measured against.
 */
final class Exact {
  private final List<Gloss> glosses;
  private final List<float[]> vectors;

  /** Vectors have unit length, so that the inner product is the cosine. */
  Exact(List<Gloss> glosses, List<float[]> vectors) {
    this.glosses = glosses;
    this.vectors = vectors;
  }

  /** The ids of the {@code k} nearest. */
  Set<Long> nearest(float[] query, int k) {
    record Scored(long id, double score) {}

    PriorityQueue<Scored> best = new PriorityQueue<>(Comparator.comparingDouble(Scored::score));
    for (int row = 0; row < vectors.size(); row++) {
      double score = 0;
      float[] vector = vectors.get(row);
      for (int i = 0; i < vector.length; i++) {
        score += query[i] * vector[i];
      }
      best.add(new Scored(glosses.get(row).id(), score));
      if (best.size() > k) {
        best.poll();
      }
    }
    return new HashSet<>(new ArrayList<>(best).stream().map(Scored::id).toList());
  }
}
