package io.tidemark.jobs.compact;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import java.util.Optional;
import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;

/**
 * The field by which compaction sorts the rows of a segment, so that what is filtered together lies
 * together: collection property {@value #PROPERTY}.
 */
final class ClusteringKey {
  static final String PROPERTY = "clustering.key";

  private ClusteringKey() {}

  /**
   * Its column's name.
   *
   * @throws TidemarkException INVALID_PARAMETER if there is no such field, or none that can be
   *     sorted by
   */
  static Optional<String> of(CollectionInfo info) {
    String name = info.properties().get(PROPERTY);
    if (name == null || name.isEmpty()) {
      return Optional.empty();
    }
    FieldSchema field =
        info.schema().fields().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                TidemarkException.invalid(
                    PROPERTY
                        + " of collection "
                        + info.name()
                        + " is '"
                        + name
                        + "', which is no"
                        + " field of it"));
    return switch (field.type()) {
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR -> Optional.of(name);
      case JSON, FLOAT_VECTOR ->
          throw TidemarkException.invalid(
              PROPERTY
                  + " of collection "
                  + info.name()
                  + " is field "
                  + name
                  + " of type "
                  + field.type()
                  + ", expected a boolean, number or VARCHAR field");
    };
  }

  /** A row's place in the order; rows without a value come first. */
  record Value(@Nullable Comparable<Object> value) implements Comparable<Value> {
    @Override
    public int compareTo(Value other) {
      Comparable<Object> mine = value;
      if (mine == null) {
        return other.value == null ? 0 : -1;
      }
      return other.value == null ? 1 : mine.compareTo(other.value);
    }
  }

  @SuppressWarnings("unchecked") // every type that of() lets through has a natural order
  static Value value(Record row, String column) {
    return new Value((Comparable<Object>) row.getField(column));
  }
}
