package io.tidemark.serving.read;

import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.TimeToLive;

/**
 * Which searches may be done on a thread that others wait for: those of which it is known, before
 * anything is done, that they are short. A filter may take a millisecond for each row, so may the
 * first look at which rows have outlived their time; a range may have to go past any number of
 * rows. Stateless.
 */
final class PromptSearch {
  /** Of an answer, at most. */
  private static final long BYTES_MAX = 256 << 10;

  /** What a value without a limit of its own counts. */
  private static final int VALUE_BYTES_MAX = 1 << 16;

  private PromptSearch() {}

  /** Whether only the number of rows that it scores is left to be looked at. */
  static boolean mayBe(SearchCommand command) {
    CollectionInfo collection = command.collection();
    return command.filter().matchesAll()
        && command.partitions().isEmpty()
        && !command.parameters().hasRange()
        && command.queries().stream().allMatch(DenseQuery.class::isInstance)
        && !collection.properties().containsKey(TimeToLive.PROPERTY)
        && answerBytes(command) <= BYTES_MAX;
  }

  /** At most. */
  private static long answerBytes(SearchCommand command) {
    long row =
        command.collection().schema().fields().stream()
            .filter(field -> field.primaryKey() || command.outputFields().contains(field.id()))
            .mapToLong(PromptSearch::valueBytes)
            .sum();
    return row * command.limit() * command.queries().size();
  }

  private static long valueBytes(FieldSchema field) {
    return switch (field.type()) {
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE -> Long.BYTES;
      case VARCHAR -> field.maxLength();
      case JSON, SPARSE_FLOAT_VECTOR -> VALUE_BYTES_MAX;
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
          field.type().vectorBytes(field.dimension());
    };
  }
}
