package io.tidemark.serving.wire;

import io.milvus.grpc.IDs;
import io.milvus.grpc.LongArray;
import io.milvus.grpc.StringArray;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.schema.FieldSchema;
import java.util.Collection;

/** Primary keys: a key column as the protocol's ids, and boxed keys as a column. */
public final class Keys {
  private Keys() {}

  /**
   * @param keys INT64 or VARCHAR
   */
  public static IDs toIds(Column keys) {
    if (keys instanceof LongColumn longs) {
      LongArray.Builder array = LongArray.newBuilder();
      for (int i = 0; i < longs.size(); i++) {
        array.addData(longs.get(i));
      }
      return IDs.newBuilder().setIntId(array).build();
    }
    BytesColumn texts = (BytesColumn) keys;
    StringArray.Builder array = StringArray.newBuilder();
    for (int i = 0; i < texts.size(); i++) {
      array.addData(texts.string(i));
    }
    return IDs.newBuilder().setStrId(array).build();
  }

  /**
   * @param keys boxed {@code Long} or {@code String}, as the field's type has it
   */
  public static Column toColumn(FieldSchema primaryKey, Collection<?> keys) {
    ColumnBuilder builder = new ColumnBuilder(primaryKey);
    keys.forEach(builder::append);
    return builder.build();
  }
}
