package io.tidemark.serving.read.view;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gathers the values of rows that lie in several sources, column by column. Stateless. */
public final class Scattered {
  private static final int ONLY = 0;

  private Scattered() {}

  /** Values of some rows of one source, in the order of {@code rows}; all of one type. */
  @FunctionalInterface
  public interface Source {
    Column gather(int source, int[] rows);
  }

  /**
   * The values in the order of the rows; each source is asked at most once.
   *
   * @param sources how many there are, at least 1
   * @param sourceOf per wanted row, from 0
   * @param rowOf per wanted row, its number in its source
   */
  public static Column gather(int sources, int[] sourceOf, int[] rowOf, Source source) {
    int[] counts = new int[sources];
    for (int s : sourceOf) {
      counts[s]++;
    }
    int[][] rows = new int[sources][];
    int[] offsets = new int[sources];
    int total = 0;
    for (int s = 0; s < sources; s++) {
      rows[s] = new int[counts[s]];
      offsets[s] = total;
      total += counts[s];
      counts[s] = 0;
    }
    int[] place = new int[total];
    boolean inOrder = true;
    for (int i = 0; i < total; i++) {
      int s = sourceOf[i];
      rows[s][counts[s]] = rowOf[i];
      place[i] = offsets[s] + counts[s]++;
      inOrder &= place[i] == i;
    }
    Column joined = join(rows, source);
    return inOrder ? joined : joined.gather(place);
  }

  private static Column join(int[][] rows, Source source) {
    List<EntityBatch> parts = new ArrayList<>();
    for (int s = 0; s < rows.length; s++) {
      if (rows[s].length > 0) {
        parts.add(new EntityBatch(rows[s].length, Map.of(ONLY, source.gather(s, rows[s]))));
      }
    }
    return parts.isEmpty()
        ? source.gather(0, new int[0])
        : EntityBatch.concat(parts).column(ONLY).orElseThrow();
  }
}
