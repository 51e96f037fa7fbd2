package io.tidemark.engine.index.graph;

import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.Scores;

/**
 * What jvector builds a graph by, straight from one heap array: 1.7 times as fast as from its list
 * of vectors. A similarity is in (0, 1], larger is nearer, as jvector's pruning needs:
 *
 * <ul>
 *   <li>EUCLIDEAN, and LIFTED, which adds a coordinate: {@code 1 / (1 + s d²)}, where s makes the
 *       mean {@code s d²} large, so that vectors of a tiny scale do not all look alike and pruning
 *       compares ratios of distances at every scale;
 *   <li>ANGULAR: {@code (1 + cosine) / 2}.
 * </ul>
 *
 * Safe for concurrent use.
 */
final class FlatBuildScores implements BuildScoreProvider {
  private static final int SAMPLES = 1000;
  private static final double MEAN_SCALED_DISTANCE = 1e4;
  private static final float[] NONE = {};

  private final float[] data;
  private final int dimension;
  private final int size;
  private final BuildSpace space;

  /** Per row: 1 / length (ANGULAR) or the added coordinate (LIFTED). */
  private final float[] extra;

  private final float scale;

  FlatBuildScores(FloatVectors vectors, BuildSpace space) {
    this.data = vectors.data();
    this.dimension = vectors.dimension();
    this.size = vectors.size();
    this.space = space;
    this.extra =
        switch (space) {
          case EUCLIDEAN -> NONE;
          case LIFTED -> lifts();
          case ANGULAR -> inverseNorms();
        };
    this.scale = space == BuildSpace.ANGULAR ? 1 : scale();
  }

  private float[] inverseNorms() {
    float[] norms = new float[size];
    for (int row = 0; row < size; row++) {
      norms[row] = Scores.inverseNorm(data, row * dimension, dimension);
    }
    return norms;
  }

  private float[] lifts() {
    float[] lifts = new float[size];
    float longest = 0;
    for (int row = 0; row < size; row++) {
      lifts[row] = Scores.dot(data, row * dimension, data, row * dimension, dimension);
      longest = Math.max(longest, lifts[row]);
    }
    for (int row = 0; row < size; row++) {
      lifts[row] = (float) Math.sqrt(longest - lifts[row]);
    }
    return lifts;
  }

  /** From the mean squared distance of rows taken over the whole array, so always the same. */
  private float scale() {
    double sum = 0;
    for (int i = 0; i < SAMPLES && size > 0; i++) {
      int a = (int) ((long) i * size / SAMPLES);
      int b = (int) ((i * 0x9E3779B9L & 0x7FFF_FFFF) % size);
      sum += squaredDistance(data, a * dimension, space == BuildSpace.LIFTED ? extra[a] : 0, b);
    }
    double scale = MEAN_SCALED_DISTANCE * SAMPLES / sum;
    return scale > 0 && scale < Float.MAX_VALUE ? (float) scale : 1;
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public VectorFloat<?> approximateCentroid() {
    double[] sums = new double[dimension];
    for (int i = 0; i < data.length; i++) {
      sums[i % dimension] += data[i];
    }
    VectorFloat<?> centroid = vts.createFloatVector(dimension);
    for (int i = 0; i < dimension; i++) {
      centroid.set(i, (float) (sums[i] / Math.max(1, size)));
    }
    return centroid;
  }

  @Override
  public SearchScoreProvider searchProviderFor(VectorFloat<?> vector) {
    float[] query = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      query[i] = vector.get(i);
    }
    float own = space == BuildSpace.ANGULAR ? Scores.inverseNorm(query, 0, dimension) : 0;
    return scores(query, 0, own);
  }

  @Override
  public SearchScoreProvider searchProviderFor(int node) {
    return scores(data, node * dimension, space == BuildSpace.EUCLIDEAN ? 0 : extra[node]);
  }

  @Override
  public SearchScoreProvider diversityProviderFor(int node) {
    return searchProviderFor(node);
  }

  private SearchScoreProvider scores(float[] query, int offset, float own) {
    ScoreFunction.ExactScoreFunction function =
        space == BuildSpace.ANGULAR
            ? row -> (1 + cosine(query, offset, own, row)) / 2
            : row -> 1 / (1 + scale * squaredDistance(query, offset, own, row));
    return new DefaultSearchScoreProvider(function);
  }

  private float cosine(float[] query, int offset, float own, int row) {
    return Scores.dot(query, offset, data, row * dimension, dimension) * own * extra[row];
  }

  private float squaredDistance(float[] query, int offset, float own, int row) {
    float distance = Scores.squaredDistance(query, offset, data, row * dimension, dimension);
    float lift = space == BuildSpace.LIFTED ? own - extra[row] : 0;
    return distance + lift * lift;
  }
}
