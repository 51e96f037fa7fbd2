package io.tidemark.sql.system;

import java.util.List;
import java.util.Locale;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.types.AbstractDataType;

/** The kinds of system tables, with their columns. */
public enum SystemTable {
  /** A row per segment of the newest snapshot, and one per partition and shard of loose files. */
  SEGMENTS(
      column("partition", DataTypes.STRING()),
      column("shard", DataTypes.INT()),
      column("segment_id", DataTypes.BIGINT()),
      column("state", DataTypes.STRING()),
      column("files", DataTypes.INT()),
      column("delete_files", DataTypes.INT()),
      column("rows", DataTypes.BIGINT()),
      column("bytes", DataTypes.BIGINT()),
      column("created", DataTypes.TIMESTAMP_LTZ(3))),
  /** A row per index file that is registered. */
  INDEXES(
      column("field", DataTypes.STRING()),
      column("name", DataTypes.STRING()),
      column("type", DataTypes.STRING()),
      column("metric", DataTypes.STRING()),
      column("params", DataTypes.MAP(DataTypes.STRING(), DataTypes.STRING())),
      column("in_use", DataTypes.BOOLEAN()),
      column("segment_id", DataTypes.BIGINT()),
      column("version", DataTypes.INT()),
      column("rows", DataTypes.BIGINT()),
      column("bytes", DataTypes.BIGINT()),
      column("builder", DataTypes.STRING()),
      column("build_ms", DataTypes.BIGINT()),
      column("created", DataTypes.TIMESTAMP_LTZ(3)),
      column("file", DataTypes.STRING())),
  /** A row per state of the lake that can be read, newest first; a name makes one stay. */
  SNAPSHOTS(
      column("snapshot_id", DataTypes.BIGINT()),
      column("name", DataTypes.STRING()),
      column("committed", DataTypes.TIMESTAMP_LTZ(3)),
      column("timestamp", DataTypes.BIGINT()),
      column("operation", DataTypes.STRING()),
      column("rows", DataTypes.BIGINT()),
      column("expires", DataTypes.TIMESTAMP_LTZ(3))),
  /** A row per batch job of the collection or of all collections, youngest first. */
  JOBS(
      column("id", DataTypes.STRING()),
      column("kind", DataTypes.STRING()),
      column("collection", DataTypes.STRING()),
      column("asker", DataTypes.STRING()),
      column("state", DataTypes.STRING()),
      column("stage", DataTypes.STRING()),
      column("attempts", DataTypes.INT()),
      column("tasks_done", DataTypes.BIGINT()),
      column("tasks_planned", DataTypes.BIGINT()),
      column("rows_done", DataTypes.BIGINT()),
      column("rows_planned", DataTypes.BIGINT()),
      column("queued", DataTypes.TIMESTAMP_LTZ(3)),
      column("started", DataTypes.TIMESTAMP_LTZ(3)),
      column("ended", DataTypes.TIMESTAMP_LTZ(3)),
      column("message", DataTypes.STRING()),
      column("figures", DataTypes.MAP(DataTypes.STRING(), DataTypes.STRING())));

  /** A column of a system table. */
  public record SystemColumn(String name, AbstractDataType<?> type) {}

  private final List<SystemColumn> columns;

  SystemTable(SystemColumn... columns) {
    this.columns = List.of(columns);
  }

  private static SystemColumn column(String name, AbstractDataType<?> type) {
    return new SystemColumn(name, type);
  }

  /** As it stands behind the {@code $}. */
  public String suffix() {
    return name().toLowerCase(Locale.ROOT);
  }

  public List<SystemColumn> columns() {
    return columns;
  }

  Schema schema() {
    Schema.Builder schema = Schema.newBuilder();
    columns.forEach(column -> schema.column(column.name(), column.type()));
    return schema.build();
  }
}
