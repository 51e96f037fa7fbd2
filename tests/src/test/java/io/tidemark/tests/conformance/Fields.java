package io.tidemark.tests.conformance;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;

/** Schemas and indexes, short. */
public final class Fields {
  private Fields() {}

  public static CollectionSchema schema(AddFieldReq... fields) {
    CollectionSchema schema = MilvusClientV2.CreateSchema();
    for (AddFieldReq field : fields) {
      schema.addField(field);
    }
    return schema;
  }

  public static CollectionSchema dynamic(CollectionSchema schema) {
    schema.setEnableDynamicField(true);
    return schema;
  }

  public static AddFieldReq int64Key(String name) {
    return AddFieldReq.builder()
        .fieldName(name)
        .dataType(DataType.Int64)
        .isPrimaryKey(true)
        .build();
  }

  public static AddFieldReq autoId(String name) {
    return AddFieldReq.builder()
        .fieldName(name)
        .dataType(DataType.Int64)
        .isPrimaryKey(true)
        .autoID(true)
        .build();
  }

  public static AddFieldReq varcharKey(String name, int maxLength) {
    return AddFieldReq.builder()
        .fieldName(name)
        .dataType(DataType.VarChar)
        .maxLength(maxLength)
        .isPrimaryKey(true)
        .build();
  }

  public static AddFieldReq vector(String name, int dimension) {
    return AddFieldReq.builder()
        .fieldName(name)
        .dataType(DataType.FloatVector)
        .dimension(dimension)
        .build();
  }

  public static AddFieldReq of(String name, DataType type) {
    return AddFieldReq.builder().fieldName(name).dataType(type).build();
  }

  public static AddFieldReq text(String name, int maxLength) {
    return AddFieldReq.builder()
        .fieldName(name)
        .dataType(DataType.VarChar)
        .maxLength(maxLength)
        .build();
  }

  public static AddFieldReq nullable(AddFieldReq field) {
    field.setIsNullable(true);
    return field;
  }

  public static AddFieldReq defaulting(AddFieldReq field, Object value) {
    field.setDefaultValue(value);
    field.setEnableDefaultValue(true);
    return field;
  }

  public static IndexParam index(
      String field, IndexParam.IndexType type, IndexParam.MetricType metric) {
    return IndexParam.builder().fieldName(field).indexType(type).metricType(metric).build();
  }

  public static IndexParam autoIndex(String field, IndexParam.MetricType metric) {
    return index(field, IndexParam.IndexType.AUTOINDEX, metric);
  }
}
