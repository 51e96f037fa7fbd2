package io.tidemark.sql.system;

import io.tidemark.connectors.client.Endpoint;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.sql.procedure.Job;
import io.tidemark.sql.procedure.JobsClient;
import io.tidemark.sql.table.TidemarkOptions;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeMoment;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.SnapshotTag;
import io.tidemark.stores.lake.SnapshotTags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.iceberg.Snapshot;
import org.jspecify.annotations.Nullable;

/** Reads system tables: segments, indexes and snapshots from the lake, jobs from the server. */
final class SystemRows {
  private final Endpoint endpoint;
  private final ReadableConfig options;
  private final String database;
  private final String collection;

  SystemRows(Endpoint endpoint, ReadableConfig options, String database, String collection) {
    this.endpoint = endpoint;
    this.options = options;
    this.database = database;
    this.collection = collection;
  }

  /**
   * All rows, in the order of {@link SystemTable}'s columns.
   *
   * @throws ValidationException if they cannot be read
   */
  List<RowData> of(SystemTable table) {
    try {
      if (table == SystemTable.JOBS) {
        return jobs();
      }
      try (Lake lake = Lake.open(TidemarkOptions.stores(endpoint, options).lake())) {
        CollectionInfo info =
            lake.collection(database, collection)
                .orElseThrow(() ->
                    new TidemarkException(
                        ErrorCode.COLLECTION_NOT_FOUND,
                        "collection '" + database + "." + collection + "' is not in the lake"));
        LakeTable stored = lake.table(info);
        return switch (table) {
          case SEGMENTS -> segments(info, stored.snapshot(), lake.registry().list(info.id()));
          case INDEXES -> indexes(info, lake.registry().list(info.id()));
          case SNAPSHOTS -> snapshots(stored);
          case JOBS -> List.of();
        };
      }
    } catch (TidemarkException e) {
      throw new ValidationException(
          "system table '" + collection + "$" + table.suffix() + "': " + e.getMessage(), e);
    }
  }

  private static List<RowData> segments(
      CollectionInfo info, LakeSnapshot snapshot, List<SegmentIndex> registered) {
    Set<Long> inUse = info.indexes().stream().map(IndexDefinition::id).collect(Collectors.toSet());
    Set<Long> indexed =
        registered.stream()
            .filter(index -> inUse.contains(index.indexId()))
            .map(SegmentIndex::segmentId)
            .collect(Collectors.toSet());
    Map<String, LakeFile> loose = new LinkedHashMap<>();
    snapshot.files().forEach(file -> loose.put(file.path(), file));
    Map<Long, SegmentIndex> bySegment = new HashMap<>();
    registered.stream()
        .filter(index -> loose.keySet().containsAll(paths(index)))
        .forEach(index -> bySegment.merge(index.segmentId(), index, SystemRows::older));
    List<RowData> rows = new ArrayList<>();
    bySegment.values().stream()
        .sorted(Comparator.comparingLong(SegmentIndex::segmentId))
        .forEach(index -> {
          List<LakeFile> files =
              paths(index).stream().map(loose::get).filter(file -> file != null).toList();
          if (files.size() == index.sources().size()) {
            files.forEach(file -> loose.remove(file.path()));
            rows.add(
                segment(
                    index.partition(),
                    index.shard(),
                    index.segmentId(),
                    indexed.contains(index.segmentId()) ? "indexed" : "sealed",
                    files,
                    HybridTimestamp.physicalMs(index.createdTimestamp())));
          }
        });
    Map<List<Object>, List<LakeFile>> groups =
        loose.values().stream()
            .collect(
                Collectors.groupingBy(
                    file -> List.<Object>of(file.partition(), file.shard()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    groups
        .values()
        .forEach(files -> {
          LakeFile first = files.getFirst();
          long oldest = files.stream().mapToLong(LakeFile::addedTimestamp).min().orElse(0);
          rows.add(
              segment(
                  first.partition(),
                  first.shard(),
                  null,
                  "unindexed",
                  files,
                  HybridTimestamp.physicalMs(oldest)));
        });
    return rows;
  }

  private static SegmentIndex older(SegmentIndex one, SegmentIndex other) {
    return one.createdTimestamp() <= other.createdTimestamp() ? one : other;
  }

  private static List<String> paths(SegmentIndex index) {
    return index.sources().stream().map(SourceFile::path).toList();
  }

  private static RowData segment(
      String partition,
      int shard,
      @Nullable Long id,
      String state,
      List<LakeFile> files,
      long createdMs) {
    Set<String> deletes = new HashSet<>();
    files.forEach(file -> file.deletes().forEach(delete -> deletes.add(delete.path())));
    return GenericRowData.of(
        text(partition),
        shard < 0 ? null : shard,
        id,
        text(state),
        files.size(),
        deletes.size(),
        files.stream().mapToLong(LakeFile::rows).sum(),
        files.stream().mapToLong(LakeFile::bytes).sum(),
        time(createdMs));
  }

  private static List<RowData> indexes(CollectionInfo info, List<SegmentIndex> registered) {
    List<RowData> rows = new ArrayList<>();
    for (SegmentIndex index : registered) {
      Optional<IndexDefinition> inUse =
          info.indexes().stream().filter(each -> each.id() == index.indexId()).findFirst();
      String field =
          info.schema().fields().stream()
              .filter(each -> each.id() == index.fieldId())
              .map(FieldSchema::name)
              .findFirst()
              .orElse(String.valueOf(index.fieldId()));
      rows.add(
          GenericRowData.of(
              text(field),
              inUse.map(each -> text(each.name())).orElse(null),
              text(index.type().name()),
              text(index.metric().name()),
              map(index.parameters()),
              inUse.isPresent(),
              index.segmentId(),
              index.version(),
              index.rows(),
              index.fileBytes(),
              text(index.builder()),
              index.buildMs(),
              time(HybridTimestamp.physicalMs(index.createdTimestamp())),
              text(index.file())));
    }
    return rows;
  }

  private static List<RowData> snapshots(LakeTable table) {
    Map<Long, LakeMoment> moments = new HashMap<>();
    table.history().forEach(moment -> moments.put(moment.snapshotId(), moment));
    Map<Long, List<SnapshotTag>> tags =
        SnapshotTags.list(table).stream().collect(Collectors.groupingBy(SnapshotTag::snapshotId));
    List<Snapshot> all = new ArrayList<>();
    table.iceberg().snapshots().forEach(all::add);
    all.sort(Comparator.comparingLong(Snapshot::sequenceNumber).reversed());
    List<RowData> rows = new ArrayList<>();
    for (Snapshot snapshot : all) {
      LakeMoment moment = moments.get(snapshot.snapshotId());
      Long timestamp =
          moment == null
              ? null
              : moment.positions().values().stream().max(Long::compare).orElse(null);
      List<SnapshotTag> named = tags.getOrDefault(snapshot.snapshotId(), List.of());
      if (named.isEmpty()) {
        rows.add(snapshot(snapshot, null, timestamp, null));
      }
      for (SnapshotTag tag : named) {
        rows.add(
            snapshot(
                snapshot,
                tag.name(),
                tag.timestamp(),
                tag.ageMaxMs() == 0 ? null : time(tag.committedMs() + tag.ageMaxMs())));
      }
    }
    return rows;
  }

  private static RowData snapshot(
      Snapshot snapshot,
      @Nullable String name,
      @Nullable Long timestamp,
      @Nullable TimestampData expires) {
    String rows = snapshot.summary().get("total-records");
    return GenericRowData.of(
        snapshot.snapshotId(),
        name == null ? null : text(name),
        time(snapshot.timestampMillis()),
        timestamp,
        text(snapshot.operation()),
        rows == null ? null : Long.valueOf(rows),
        expires);
  }

  private List<RowData> jobs() {
    try (JobsClient client = new JobsClient(endpoint)) {
      return client.list().stream()
          .filter(job ->
              job.collection().isEmpty() || job.collection().equals(database + "." + collection))
          .map(SystemRows::job)
          .toList();
    }
  }

  private static RowData job(Job job) {
    return GenericRowData.of(
        text(job.id()),
        text(job.kind()),
        job.collection().isEmpty() ? null : text(job.collection()),
        text(job.asker()),
        text(job.state()),
        text(job.stage()),
        job.attempts(),
        job.tasksDone(),
        job.tasksPlanned(),
        job.rowsDone(),
        job.rowsPlanned(),
        time(job.queuedMs()),
        time(job.startedMs()),
        time(job.endedMs()),
        text(job.message()),
        map(job.figures()));
  }

  private static StringData text(String text) {
    return StringData.fromString(text);
  }

  private static @Nullable TimestampData time(long ms) {
    return ms == 0 ? null : TimestampData.fromEpochMillis(ms);
  }

  private static GenericMapData map(Map<String, String> map) {
    Map<StringData, StringData> data = new LinkedHashMap<>();
    map.forEach((key, value) -> data.put(text(key), text(value)));
    return new GenericMapData(data);
  }
}
