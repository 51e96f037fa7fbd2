package io.tidemark.stores.registry;

import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** The columns of {@code tidemark.segments}: those of {@link SegmentIndex}, in snake case. */
final class SegmentRows {
  private static final Types.StructType SOURCE =
      Types.StructType.of(
          NestedField.required(20, "path", Types.StringType.get()),
          NestedField.required(21, "rows", Types.LongType.get()));

  static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "segment_id", Types.LongType.get()),
          NestedField.required(2, "collection_id", Types.LongType.get()),
          NestedField.required(3, "partition", Types.StringType.get()),
          NestedField.required(4, "shard", Types.IntegerType.get()),
          NestedField.required(5, "sources", Types.ListType.ofRequired(22, SOURCE)),
          NestedField.required(6, "row_count", Types.LongType.get()),
          NestedField.required(7, "field_id", Types.IntegerType.get()),
          NestedField.required(8, "index_id", Types.LongType.get()),
          NestedField.required(9, "index_type", Types.StringType.get()),
          NestedField.required(10, "metric", Types.StringType.get()),
          NestedField.required(
              11,
              "parameters",
              Types.MapType.ofRequired(23, 24, Types.StringType.get(), Types.StringType.get())),
          NestedField.required(12, "version", Types.IntegerType.get()),
          NestedField.required(13, "file", Types.StringType.get()),
          NestedField.required(14, "file_bytes", Types.LongType.get()),
          NestedField.required(15, "checksum", Types.LongType.get()),
          NestedField.required(16, "builder", Types.StringType.get()),
          NestedField.required(17, "build_ms", Types.LongType.get()),
          NestedField.required(18, "created_timestamp", Types.LongType.get()));

  /** Rows come from files in no order: give them the one they were made in. */
  static final Comparator<SegmentIndex> ORDER =
      Comparator.comparingLong(SegmentIndex::createdTimestamp)
          .thenComparingLong(SegmentIndex::segmentId)
          .thenComparingInt(SegmentIndex::fieldId)
          .thenComparingInt(SegmentIndex::version);

  private SegmentRows() {}

  static Record toRecord(SegmentIndex index) {
    List<Record> sources = new ArrayList<>();
    for (SourceFile source : index.sources()) {
      GenericRecord row = GenericRecord.create(SOURCE);
      row.setField("path", source.path());
      row.setField("rows", source.rows());
      sources.add(row);
    }
    GenericRecord row = GenericRecord.create(SCHEMA);
    row.setField("segment_id", index.segmentId());
    row.setField("collection_id", index.collectionId());
    row.setField("partition", index.partition());
    row.setField("shard", index.shard());
    row.setField("sources", sources);
    row.setField("row_count", index.rows());
    row.setField("field_id", index.fieldId());
    row.setField("index_id", index.indexId());
    row.setField("index_type", index.type().name());
    row.setField("metric", index.metric().name());
    row.setField("parameters", index.parameters());
    row.setField("version", index.version());
    row.setField("file", index.file());
    row.setField("file_bytes", index.fileBytes());
    row.setField("checksum", index.checksum());
    row.setField("builder", index.builder());
    row.setField("build_ms", index.buildMs());
    row.setField("created_timestamp", index.createdTimestamp());
    return row;
  }

  static SegmentIndex fromRecord(Record row) {
    List<SourceFile> sources = new ArrayList<>();
    for (Object source : (List<?>) row.getField("sources")) {
      Record file = (Record) source;
      sources.add(new SourceFile((String) file.getField("path"), (Long) file.getField("rows")));
    }
    Map<String, String> parameters = new HashMap<>();
    ((Map<?, ?>) row.getField("parameters"))
        .forEach((key, value) -> parameters.put(key.toString(), value.toString()));
    return new SegmentIndex(
        (Long) row.getField("segment_id"),
        (Long) row.getField("collection_id"),
        (String) row.getField("partition"),
        (Integer) row.getField("shard"),
        sources,
        (Integer) row.getField("field_id"),
        (Long) row.getField("index_id"),
        IndexType.valueOf((String) row.getField("index_type")),
        Metric.valueOf((String) row.getField("metric")),
        parameters,
        (Integer) row.getField("version"),
        (String) row.getField("file"),
        (Long) row.getField("file_bytes"),
        (Long) row.getField("checksum"),
        (String) row.getField("builder"),
        (Long) row.getField("build_ms"),
        (Long) row.getField("created_timestamp"));
  }
}
