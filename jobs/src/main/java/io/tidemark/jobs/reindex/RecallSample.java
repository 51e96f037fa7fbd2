package io.tidemark.jobs.reindex;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.Metric;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Live rows of one segment whose vectors are asked for, with the neighbours that exact search finds
 * among the other live rows: the row itself, which any index finds, counts for nothing. Immutable.
 */
final class RecallSample {
  private static final int ROUNDS = 5;

  private record Query(int row, Set<Integer> truth) {}

  private final Vectors vectors;
  private final BitSet alive;
  private final IndexDefinition definition;
  private final Metric metric;
  private final int k;
  private final List<Query> queries;

  /**
   * @param alive rows that count; all have vectors
   * @param definition that vectors are compared by
   * @param wanted queries at most
   */
  RecallSample(
      Vectors vectors, BitSet alive, IndexDefinition definition, int k, int wanted, long seed) {
    this.vectors = vectors;
    this.alive = alive;
    this.definition = definition;
    this.metric = definition.metric();
    this.k = k;
    int[] rows = alive.stream().toArray();
    Random random = new Random(seed);
    for (int i = 0; i < Math.min(wanted, rows.length); i++) {
      int other = i + random.nextInt(rows.length - i);
      int row = rows[other];
      rows[other] = rows[i];
      rows[i] = row;
    }
    this.queries = java.util.Arrays.stream(rows).limit(wanted).mapToObj(this::query).toList();
  }

  private Query query(int row) {
    TopK out = new TopK(k, metric);
    ExactSearch.search(vectors, vectorOf(row), others(row), out);
    return new Query(row, ordinals(out.drain()));
  }

  private QueryVector vectorOf(int row) {
    return IndexFamilies.query(vectors.query(row), definition);
  }

  private BitSet others(int row) {
    BitSet others = (BitSet) alive.clone();
    others.clear(row);
    return others;
  }

  private static Set<Integer> ordinals(TopK.Hits hits) {
    Set<Integer> ordinals = new HashSet<>();
    for (int i = 0; i < hits.size(); i++) {
      ordinals.add(hits.ordinal(i));
    }
    return ordinals;
  }

  /**
   * Asks each index everything, in turns, so that none is measured with colder code or caches than
   * another; the time is that of each index's fastest round.
   *
   * @param indexes empty for exact search
   * @return of each index in turn
   */
  List<RecallFigures> measure(List<Optional<VectorIndex>> indexes, int ef) {
    List<RecallFigures> fastest = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < indexes.size(); i++) {
        RecallFigures figures = ask(indexes.get(i), ef);
        if (round == 0) {
          fastest.add(figures);
        } else if (figures.nanos() < fastest.get(i).nanos()) {
          fastest.set(i, figures);
        }
      }
    }
    return fastest;
  }

  private RecallFigures ask(Optional<VectorIndex> index, int ef) {
    SearchParameters parameters =
        ef == 0
            ? SearchParameters.DEFAULT
            : new SearchParameters(Map.of("ef", Integer.toString(ef)), Float.NaN, Float.NaN);
    long wanted = 0;
    long found = 0;
    long nanos = 0;
    for (Query query : queries) {
      BitSet others = others(query.row());
      QueryVector vector = vectorOf(query.row());
      TopK out = new TopK(k, metric);
      long start = System.nanoTime();
      if (index.isPresent()) {
        index.get().search(vector, k, parameters, others, out);
      } else {
        ExactSearch.search(vectors, vector, others, out);
      }
      TopK.Hits hits = out.drain();
      nanos += System.nanoTime() - start;
      Set<Integer> hit = ordinals(hits);
      hit.retainAll(query.truth());
      wanted += query.truth().size();
      found += hit.size();
    }
    return new RecallFigures(queries.size(), wanted, found, nanos);
  }
}
