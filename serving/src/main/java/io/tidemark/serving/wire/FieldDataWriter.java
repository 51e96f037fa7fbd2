package io.tidemark.serving.wire;

import com.google.protobuf.ByteString;
import io.milvus.grpc.BoolArray;
import io.milvus.grpc.DoubleArray;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.FloatArray;
import io.milvus.grpc.IntArray;
import io.milvus.grpc.JSONArray;
import io.milvus.grpc.LongArray;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.StringArray;
import io.milvus.grpc.VectorField;
import io.tidemark.model.column.BooleanColumn;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.DoubleColumn;
import io.tidemark.model.column.FloatColumn;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.IntColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.column.SparseVectorColumn;
import io.tidemark.model.column.VectorColumn;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.Set;

/**
 * One column of an answer. Typed also when it has no rows. A nullable field has {@code valid_data};
 * scalars have a filler in the place of each null, of vectors only those there are.
 */
public final class FieldDataWriter {
  private FieldDataWriter() {}

  public static FieldData write(FieldSchema field, Column column) {
    return write(field, column, Set.of());
  }

  /**
   * @param dynamicKeys of the dynamic field, the keys that are wanted; empty for all
   */
  public static FieldData write(FieldSchema field, Column column, Set<String> dynamicKeys) {
    FieldData.Builder builder =
        FieldData.newBuilder()
            .setTypeValue(field.type().number())
            .setFieldName(field.name())
            .setFieldId(field.id())
            .setIsDynamic(field.dynamic());
    if (field.nullable()) {
      for (int row = 0; row < column.size(); row++) {
        builder.addValidData(!column.isNull(row));
      }
    }
    if (column instanceof VectorColumn vectors) {
      return builder.setVectors(vectors(vectors)).build();
    }
    return builder.setScalars(scalars(column, dynamicKeys)).build();
  }

  /** The answer to count(*): one INT64. */
  public static FieldData count(String name, long count) {
    return FieldData.newBuilder()
        .setTypeValue(DataType.INT64.number())
        .setFieldName(name)
        .setScalars(ScalarField.newBuilder().setLongData(LongArray.newBuilder().addData(count)))
        .build();
  }

  private static VectorField vectors(VectorColumn column) {
    return switch (column) {
      case FloatVectorColumn floats -> floats(floats);
      case PackedVectorColumn packed -> VectorFields.write(packed);
      case SparseVectorColumn sparse -> VectorFields.write(sparse);
    };
  }

  private static VectorField floats(FloatVectorColumn column) {
    FloatArray.Builder array = FloatArray.newBuilder();
    float[] row = new float[column.dimension()];
    for (int i = 0; i < column.size(); i++) {
      if (column.isNull(i)) {
        continue;
      }
      column.copyTo(i, row, 0);
      for (float value : row) {
        array.addData(value);
      }
    }
    return VectorField.newBuilder().setDim(column.dimension()).setFloatVector(array).build();
  }

  private static ScalarField scalars(Column column, Set<String> dynamicKeys) {
    ScalarField.Builder builder = ScalarField.newBuilder();
    int rows = column.size();
    switch (column) {
      case BooleanColumn booleans -> {
        BoolArray.Builder array = BoolArray.newBuilder();
        for (int i = 0; i < rows; i++) {
          array.addData(!booleans.isNull(i) && booleans.get(i));
        }
        builder.setBoolData(array);
      }
      case IntColumn ints -> {
        IntArray.Builder array = IntArray.newBuilder();
        for (int i = 0; i < rows; i++) {
          array.addData(ints.isNull(i) ? 0 : ints.get(i));
        }
        builder.setIntData(array);
      }
      case LongColumn longs -> {
        LongArray.Builder array = LongArray.newBuilder();
        for (int i = 0; i < rows; i++) {
          array.addData(longs.isNull(i) ? 0 : longs.get(i));
        }
        builder.setLongData(array);
      }
      case FloatColumn floats -> {
        FloatArray.Builder array = FloatArray.newBuilder();
        for (int i = 0; i < rows; i++) {
          array.addData(floats.isNull(i) ? 0 : floats.get(i));
        }
        builder.setFloatData(array);
      }
      case DoubleColumn doubles -> {
        DoubleArray.Builder array = DoubleArray.newBuilder();
        for (int i = 0; i < rows; i++) {
          array.addData(doubles.isNull(i) ? 0 : doubles.get(i));
        }
        builder.setDoubleData(array);
      }
      case BytesColumn bytes -> texts(bytes, dynamicKeys, builder);
      case VectorColumn vectors -> throw new IllegalArgumentException("a vector is no scalar");
    }
    return builder.build();
  }

  private static void texts(
      BytesColumn column, Set<String> dynamicKeys, ScalarField.Builder builder) {
    if (column.type() == DataType.VARCHAR) {
      StringArray.Builder array = StringArray.newBuilder();
      for (int i = 0; i < column.size(); i++) {
        array.addData(column.isNull(i) ? "" : column.string(i));
      }
      builder.setStringData(array);
      return;
    }
    JSONArray.Builder array = JSONArray.newBuilder();
    for (int i = 0; i < column.size(); i++) {
      byte[] document = column.isNull(i) ? new byte[0] : column.bytes(i);
      array.addData(
          ByteString.copyFrom(
              dynamicKeys.isEmpty() ? document : JsonDocuments.project(document, dynamicKeys)));
    }
    builder.setJsonData(array);
  }
}
