package io.tidemark.stores.lake;

import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.util.Collection;

/** The heap that vectors take once they are read. Stateless. */
public final class VectorMemory {
  /**
   * An element of a sparse vector takes 8 bytes; in a file, compressed, about 6, and no less than
   * half of it.
   */
  private static final long SPARSE_GROWTH = 2;

  private VectorMemory() {}

  /**
   * Bytes of some rows' vectors: those of a dimension to the byte, sparse ones by what data files
   * hold beside these, so rather too much.
   *
   * @param fields of vectors
   * @param fileBytes of the data files that hold the rows
   */
  public static long bytes(
      CollectionSchema schema, Collection<FieldSchema> fields, long rows, long fileBytes) {
    long bytes = rows * dense(fields);
    return hasSparse(fields)
        ? bytes + SPARSE_GROWTH * Math.max(0, fileBytes - rows * dense(schema.vectorFields()))
        : bytes;
  }

  /** Whether {@link #bytes} depends on the files' bytes. */
  public static boolean hasSparse(Collection<FieldSchema> fields) {
    return fields.stream().anyMatch(field -> !field.type().hasDimension());
  }

  /** Of each row, without the sparse ones. */
  private static long dense(Collection<FieldSchema> fields) {
    return fields.stream()
        .filter(field -> field.type().hasDimension())
        .mapToLong(field -> field.type().vectorBytes(field.dimension()))
        .sum();
  }
}
