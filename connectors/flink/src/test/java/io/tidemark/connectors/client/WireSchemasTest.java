package io.tidemark.connectors.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WireSchemasTest {
  private static FieldSchema field(
      int id, String name, DataType type, int dimension, int maxLength, @Nullable Object value) {
    return new FieldSchema(
        id,
        name,
        type,
        "about " + name,
        id == FieldSchema.FIRST_ID,
        false,
        id == 102,
        false,
        false,
        dimension,
        maxLength,
        value,
        Map.of("mmap.enabled", "true"));
  }

  private static CollectionSchema schema() {
    List<FieldSchema> fields = new ArrayList<>();
    fields.add(field(100, "id", DataType.INT64, 0, 0, null));
    fields.add(field(101, "v", DataType.FLOAT_VECTOR, 4, 0, null));
    fields.add(field(102, "s", DataType.VARCHAR, 0, 9, "none"));
    fields.add(field(103, "b", DataType.BOOL, 0, 0, true));
    fields.add(field(104, "i", DataType.INT8, 0, 0, -1L));
    fields.add(field(105, "l", DataType.INT64, 0, 0, Long.MAX_VALUE));
    fields.add(field(106, "f", DataType.FLOAT, 0, 0, 0.25));
    fields.add(field(107, "d", DataType.DOUBLE, 0, 0, 0.1));
    fields.add(field(108, "j", DataType.JSON, 0, 0, null));
    fields.add(FieldSchema.dynamicField(109));
    return new CollectionSchema("all there is", true, 0, fields);
  }

  /** As the server would tell it: with ids. */
  private static io.milvus.grpc.CollectionSchema told(CollectionSchema schema) {
    io.milvus.grpc.CollectionSchema.Builder proto = WireSchemas.write("c", schema).toBuilder();
    int next = 0;
    for (FieldSchema field : schema.fields()) {
      if (!field.dynamic()) {
        proto.getFieldsBuilder(next++).setFieldID(field.id());
      }
    }
    return proto.build();
  }

  @Test
  void a_schema_comes_back_from_the_wire_as_it_was() {
    assertThat(WireSchemas.read(told(schema()))).isEqualTo(schema());
  }

  @Test
  void the_hidden_fields_id_is_the_one_that_no_other_has() {
    CollectionSchema grown = schema().withField(field(0, "later", DataType.INT32, 0, 0, null));
    CollectionSchema read = WireSchemas.read(told(grown));
    assertThat(read.dynamicField().orElseThrow().id()).isEqualTo(109);
    assertThat(read.field("later").orElseThrow().id()).isEqualTo(110);
  }

  @Test
  void a_schema_can_travel_to_tasks() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(schema());
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(schema());
    }
  }
}
