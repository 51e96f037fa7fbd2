package io.tidemark.jobs.reindex;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.stores.lake.Lake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The steps of a reindex that everybody sees, each one commit of the collection's table. Each looks
 * at what the table has at that moment: an index that its user dropped or made anew meanwhile is
 * left alone.
 */
final class ReindexCommitter {
  private final Lake lake;
  private final CollectionInfo collection;

  ReindexCommitter(Lake lake, CollectionInfo collection) {
    this.lake = lake;
    this.collection = collection;
  }

  /**
   * Records the candidate; one of the same shape that an earlier run left goes on instead, another
   * is dropped.
   *
   * @return the candidate; empty if {@code old} is no longer in use
   */
  Optional<IndexDefinition> begin(IndexDefinition old, IndexDefinition candidate) {
    CollectionInfo changed =
        lake.changeCollection(
            collection,
            current -> {
              boolean goesOn =
                  current.candidates().stream()
                      .anyMatch(known -> ReindexPlanner.sameShape(known, candidate));
              return !isInUse(current, old) || goesOn
                  ? current
                  : current.withIndexes(
                      current.indexes(), with(current.candidates(), candidate), current.previous());
            });
    return isInUse(changed, old)
        ? changed.candidates().stream()
            .filter(known -> ReindexPlanner.sameShape(known, candidate))
            .findFirst()
        : Optional.empty();
  }

  /**
   * Makes the candidate the index in use and keeps the old one as the previous.
   *
   * @return false if one of them is no longer what it was: nothing is changed
   */
  boolean switchTo(IndexDefinition old, IndexDefinition candidate) {
    return change(current ->
        isInUse(current, old) && isCandidate(current, candidate)
            ? current.withIndexes(
                with(current.indexes(), renamed(current, candidate)),
                without(current.candidates(), candidate.fieldId()),
                with(current.previous(), current.indexOn(old.fieldId()).orElse(old)))
            : current);
  }

  /** Its name, and parameters that do not shape it, may have been altered meanwhile. */
  private static IndexDefinition renamed(CollectionInfo current, IndexDefinition candidate) {
    IndexDefinition inUse = current.indexOn(candidate.fieldId()).orElse(candidate);
    return new IndexDefinition(
        candidate.id(),
        candidate.fieldId(),
        inUse.fieldName(),
        inUse.name(),
        candidate.type(),
        candidate.metric(),
        candidate.parameters());
  }

  /**
   * Makes the previous index the one in use, and this one the previous; a candidate is dropped.
   *
   * @return the one in use now
   * @throws TidemarkException INVALID_PARAMETER if there is no previous one
   */
  IndexDefinition rollBack(IndexDefinition old) {
    CollectionInfo changed =
        lake.changeCollection(
            collection,
            current -> {
              IndexDefinition previous =
                  of(current.previous(), old.fieldId())
                      .orElseThrow(() ->
                          TidemarkException.invalid(
                              "reindex: field "
                                  + old.fieldName()
                                  + " of collection "
                                  + current.name()
                                  + " has no previous index to go back to"));
              IndexDefinition inUse = current.indexOn(old.fieldId()).orElse(old);
              return current.withIndexes(
                  with(current.indexes(), previous),
                  without(current.candidates(), old.fieldId()),
                  with(current.previous(), inUse));
            });
    return changed.indexOn(old.fieldId()).orElseThrow();
  }

  /**
   * Drops a candidate, if it still is one; its files are expired later.
   *
   * @return whether it was one
   */
  boolean drop(IndexDefinition candidate) {
    return change(current ->
        isCandidate(current, candidate)
            ? current.withIndexes(
                current.indexes(),
                without(current.candidates(), candidate.fieldId()),
                current.previous())
            : current);
  }

  private boolean change(UnaryOperator<CollectionInfo> change) {
    boolean[] changed = new boolean[1];
    CollectionInfo unused =
        lake.changeCollection(
            collection,
            current -> {
              CollectionInfo wanted = change.apply(current);
              changed[0] = !wanted.equals(current);
              return wanted;
            });
    return changed[0];
  }

  static boolean isInUse(CollectionInfo collection, IndexDefinition index) {
    return collection.indexOn(index.fieldId()).map(used -> used.id() == index.id()).orElse(false);
  }

  static boolean isCandidate(CollectionInfo collection, IndexDefinition index) {
    return collection.candidates().stream().anyMatch(known -> known.id() == index.id());
  }

  static Optional<IndexDefinition> of(List<IndexDefinition> indexes, int fieldId) {
    return indexes.stream().filter(index -> index.fieldId() == fieldId).findFirst();
  }

  /** In the place of its field's, or last. */
  private static List<IndexDefinition> with(
      List<IndexDefinition> indexes, IndexDefinition definition) {
    List<IndexDefinition> changed = new ArrayList<>(indexes);
    changed.replaceAll(index -> index.fieldId() == definition.fieldId() ? definition : index);
    if (!changed.contains(definition)) {
      changed.add(definition);
    }
    return changed;
  }

  private static List<IndexDefinition> without(List<IndexDefinition> indexes, int fieldId) {
    return indexes.stream().filter(index -> index.fieldId() != fieldId).toList();
  }
}
