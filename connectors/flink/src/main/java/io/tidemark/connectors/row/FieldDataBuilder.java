package io.tidemark.connectors.row;

import com.google.protobuf.ByteString;
import io.milvus.grpc.BoolArray;
import io.milvus.grpc.DoubleArray;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.FloatArray;
import io.milvus.grpc.IntArray;
import io.milvus.grpc.JSONArray;
import io.milvus.grpc.LongArray;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.SparseFloatArray;
import io.milvus.grpc.StringArray;
import io.milvus.grpc.VectorField;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Rows as the columns of a request. A null is marked in {@code valid_data} and has no place in the
 * data, so that the server fills in the field's default or null; without any null there are no
 * marks. Thread-safe.
 */
public final class FieldDataBuilder {
  private final RowLayout layout;

  public FieldDataBuilder(RowLayout layout) {
    this.layout = layout;
  }

  /**
   * @param rows at least one, none of them a deletion
   */
  public List<FieldData> build(List<RowChange> rows) {
    List<FieldData> data = new ArrayList<>();
    for (int i = 0; i < layout.fields().size(); i++) {
      FieldSchema field = layout.fields().get(i).field();
      // An absent dynamic field is an empty document, which null marks could not say.
      if (!field.dynamic() || anyGiven(rows, i)) {
        data.add(column(field, i, rows));
      }
    }
    return data;
  }

  private static boolean anyGiven(List<RowChange> rows, int index) {
    return rows.stream().anyMatch(row -> row.value(index) != null);
  }

  private static FieldData column(FieldSchema field, int index, List<RowChange> rows) {
    FieldData.Builder data =
        FieldData.newBuilder()
            .setFieldName(field.name())
            .setTypeValue(field.type().number())
            .setIsDynamic(field.dynamic());
    if (!field.dynamic()) {
      markNulls(data, index, rows);
    }
    if (field.type().isVector()) {
      return data.setVectors(vectors(field, index, rows)).build();
    }
    return data.setScalars(scalars(field, index, rows)).build();
  }

  private static void markNulls(FieldData.Builder data, int index, List<RowChange> rows) {
    if (rows.stream().allMatch(row -> row.value(index) != null)) {
      return;
    }
    for (RowChange row : rows) {
      data.addValidData(row.value(index) != null);
    }
  }

  private static VectorField vectors(FieldSchema field, int index, List<RowChange> rows) {
    VectorField.Builder vectors = VectorField.newBuilder().setDim(field.dimension());
    if (field.type() == DataType.SPARSE_FLOAT_VECTOR) {
      SparseFloatArray.Builder sparse = SparseFloatArray.newBuilder();
      each(rows, index, value -> sparse.addContents(ByteString.copyFrom((byte[]) value)));
      return vectors.setSparseFloatVector(sparse).build();
    }
    if (field.type() != DataType.FLOAT_VECTOR) {
      ByteString.Output bytes = ByteString.newOutput();
      each(rows, index, value -> bytes.write((byte[]) value, 0, ((byte[]) value).length));
      return VectorBytes.set(vectors, field.type(), bytes.toByteString()).build();
    }
    FloatArray.Builder values = FloatArray.newBuilder();
    each(
        rows,
        index,
        value -> {
          for (float number : (float[]) value) {
            values.addData(number);
          }
        });
    return vectors.setFloatVector(values).build();
  }

  private static ScalarField scalars(FieldSchema field, int index, List<RowChange> rows) {
    ScalarField.Builder scalars = ScalarField.newBuilder();
    switch (field.type()) {
      case BOOL -> {
        BoolArray.Builder values = BoolArray.newBuilder();
        each(rows, index, value -> values.addData((Boolean) value));
        scalars.setBoolData(values);
      }
      case INT8, INT16, INT32 -> {
        IntArray.Builder values = IntArray.newBuilder();
        each(rows, index, value -> values.addData((Integer) value));
        scalars.setIntData(values);
      }
      case INT64 -> {
        LongArray.Builder values = LongArray.newBuilder();
        each(rows, index, value -> values.addData((Long) value));
        scalars.setLongData(values);
      }
      case FLOAT -> {
        FloatArray.Builder values = FloatArray.newBuilder();
        each(rows, index, value -> values.addData((Float) value));
        scalars.setFloatData(values);
      }
      case DOUBLE -> {
        DoubleArray.Builder values = DoubleArray.newBuilder();
        each(rows, index, value -> values.addData((Double) value));
        scalars.setDoubleData(values);
      }
      case VARCHAR -> {
        StringArray.Builder values = StringArray.newBuilder();
        each(rows, index, value -> values.addDataBytes((ByteString) value));
        scalars.setStringData(values);
      }
      case JSON -> scalars.setJsonData(documents(field, index, rows));
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
          throw new IllegalStateException("a vector is no scalar");
      case SPARSE_FLOAT_VECTOR -> throw new IllegalStateException("a vector is no scalar");
    }
    return scalars.build();
  }

  private static JSONArray documents(FieldSchema field, int index, List<RowChange> rows) {
    JSONArray.Builder values = JSONArray.newBuilder();
    if (!field.dynamic()) {
      each(rows, index, value -> values.addData((ByteString) value));
      return values.build();
    }
    ByteString empty = ByteString.copyFromUtf8("{}");
    for (RowChange row : rows) {
      values.addData((ByteString) Objects.requireNonNullElse(row.value(index), empty));
    }
    return values.build();
  }

  private static void each(List<RowChange> rows, int index, Consumer<Object> use) {
    for (RowChange row : rows) {
      Object value = row.value(index);
      if (value != null) {
        use.accept(value);
      }
    }
  }
}
