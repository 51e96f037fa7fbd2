package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.util.Map;
import java.util.Optional;

/**
 * The field by which compaction sorts the rows of a segment, so that what is filtered together lies
 * together: collection property {@value #PROPERTY}. Stateless.
 */
public final class ClusteringKey {
  public static final String PROPERTY = "clustering.key";

  private ClusteringKey() {}

  /**
   * The collection's, empty if it has none.
   *
   * @throws TidemarkException INVALID_PARAMETER as {@link #of(CollectionSchema, Map)} does
   */
  public static Optional<FieldSchema> of(CollectionInfo info) {
    return of(info.schema(), info.properties());
  }

  /**
   * Refuses properties that name a field by which rows cannot be sorted.
   *
   * @throws TidemarkException INVALID_PARAMETER as {@link #of(CollectionSchema, Map)} does
   */
  public static void check(CollectionSchema schema, Map<String, String> properties) {
    var unused = of(schema, properties);
  }

  /**
   * The one that some properties name.
   *
   * @throws TidemarkException INVALID_PARAMETER if there is no such field, or none that can be
   *     sorted by
   */
  public static Optional<FieldSchema> of(CollectionSchema schema, Map<String, String> properties) {
    String name = properties.get(PROPERTY);
    if (name == null || name.isEmpty()) {
      return Optional.empty();
    }
    FieldSchema field =
        schema.fields().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                TidemarkException.invalid(
                    PROPERTY + " is '" + name + "', which is no field of the collection"));
    return switch (field.type()) {
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR -> Optional.of(field);
      case JSON,
          FLOAT_VECTOR,
          FLOAT16_VECTOR,
          BFLOAT16_VECTOR,
          INT8_VECTOR,
          BINARY_VECTOR,
          SPARSE_FLOAT_VECTOR ->
          throw TidemarkException.invalid(
              PROPERTY
                  + " is field "
                  + name
                  + " of type "
                  + field.type()
                  + ", expected a boolean, number or VARCHAR field");
    };
  }
}
