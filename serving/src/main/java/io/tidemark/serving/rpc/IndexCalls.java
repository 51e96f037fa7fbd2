package io.tidemark.serving.rpc;

import io.milvus.grpc.AlterIndexRequest;
import io.milvus.grpc.CreateIndexRequest;
import io.milvus.grpc.DescribeIndexRequest;
import io.milvus.grpc.DescribeIndexResponse;
import io.milvus.grpc.DropIndexRequest;
import io.milvus.grpc.GetIndexBuildProgressRequest;
import io.milvus.grpc.GetIndexBuildProgressResponse;
import io.milvus.grpc.GetIndexStateRequest;
import io.milvus.grpc.GetIndexStateResponse;
import io.milvus.grpc.GetIndexStatisticsRequest;
import io.milvus.grpc.GetIndexStatisticsResponse;
import io.milvus.grpc.IndexDescription;
import io.milvus.grpc.IndexState;
import io.milvus.grpc.Status;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.IndexChanges;
import io.tidemark.serving.catalog.IndexDirectory;
import io.tidemark.serving.read.IndexProgress;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.wire.KeyValues;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.Statuses;
import java.util.List;
import java.util.Set;

/**
 * Indexes. One on a scalar field is always finished: filters are evaluated over whole columns, with
 * or without it.
 */
final class IndexCalls {
  private final CollectionDirectory directory;
  private final IndexChanges changes;
  private final ReadService read;

  IndexCalls(CollectionDirectory directory, IndexChanges changes, ReadService read) {
    this.directory = directory;
    this.changes = changes;
    this.read = read;
  }

  void register(MethodTable methods) {
    methods.add(
        "CreateIndex",
        CreateIndexRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::create);
    methods.add(
        "AlterIndex",
        AlterIndexRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::alter);
    methods.add(
        "DropIndex",
        DropIndexRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::drop);
    methods.add(
        "DescribeIndex",
        DescribeIndexRequest.getDefaultInstance(),
        DescribeIndexResponse.getDefaultInstance(),
        this::describe);
    methods.add(
        "GetIndexStatistics",
        GetIndexStatisticsRequest.getDefaultInstance(),
        GetIndexStatisticsResponse.getDefaultInstance(),
        this::statistics);
    methods.add(
        "GetIndexState",
        GetIndexStateRequest.getDefaultInstance(),
        GetIndexStateResponse.getDefaultInstance(),
        this::state);
    methods.add(
        "GetIndexBuildProgress",
        GetIndexBuildProgressRequest.getDefaultInstance(),
        GetIndexBuildProgressResponse.getDefaultInstance(),
        this::buildProgress);
  }

  private Status create(CreateIndexRequest request, Call call) {
    changes.create(
        call.database(request.getDbName()),
        request.getCollectionName(),
        request.getFieldName(),
        request.getIndexName(),
        KeyValues.toMap(request.getExtraParamsList()));
    return Statuses.ok();
  }

  private Status alter(AlterIndexRequest request, Call call) {
    changes.alter(
        call.database(request.getDbName()),
        request.getCollectionName(),
        request.getIndexName(),
        KeyValues.toMap(request.getExtraParamsList()),
        request.getDeleteKeysList());
    return Statuses.ok();
  }

  private Status drop(DropIndexRequest request, Call call) {
    changes.drop(
        call.database(request.getDbName()),
        request.getCollectionName(),
        request.getFieldName(),
        request.getIndexName());
    return Statuses.ok();
  }

  private DescribeIndexResponse describe(DescribeIndexRequest request, Call call) {
    CollectionInfo info =
        directory.requireCurrent(call.database(request.getDbName()), request.getCollectionName());
    DescribeIndexResponse.Builder answer =
        DescribeIndexResponse.newBuilder().setStatus(Statuses.ok());
    for (IndexDirectory.Entry entry : entries(info, request.getIndexName())) {
      answer.addIndexDescriptions(description(info, entry));
    }
    return answer.build();
  }

  private GetIndexStatisticsResponse statistics(GetIndexStatisticsRequest request, Call call) {
    CollectionInfo info =
        directory.requireCurrent(call.database(request.getDbName()), request.getCollectionName());
    GetIndexStatisticsResponse.Builder answer =
        GetIndexStatisticsResponse.newBuilder().setStatus(Statuses.ok());
    for (IndexDirectory.Entry entry : entries(info, request.getIndexName())) {
      answer.addIndexDescriptions(description(info, entry));
    }
    return answer.build();
  }

  /** All if no name is given. */
  private static List<IndexDirectory.Entry> entries(CollectionInfo info, String name) {
    List<IndexDirectory.Entry> entries =
        name.isEmpty() ? IndexDirectory.all(info) : IndexDirectory.named(info, name);
    if (entries.isEmpty()) {
      throw Reasons.indexNotFound(
          name.isEmpty() ? "[collection=" + info.name() + "]" : "[indexName=" + name + "]");
    }
    return entries;
  }

  private IndexDescription description(CollectionInfo info, IndexDirectory.Entry entry) {
    IndexProgress progress = progress(info, entry);
    return IndexDescription.newBuilder()
        .setIndexName(entry.name())
        .setIndexID(entry.id())
        .setFieldName(entry.fieldName())
        .addAllParams(KeyValues.toPairs(entry.described()))
        .setTotalRows(progress.totalRows())
        .setIndexedRows(progress.indexedRows())
        .setPendingIndexRows(progress.pendingRows())
        .setState(state(progress))
        .build();
  }

  private static IndexState state(IndexProgress progress) {
    return progress.finished() ? IndexState.Finished : IndexState.InProgress;
  }

  private IndexProgress progress(CollectionInfo info, IndexDirectory.Entry entry) {
    if (entry.vector().isPresent()) {
      return read.indexProgress(info, entry.vector().get().fieldId());
    }
    long rows = read.rowCount(info, Set.of());
    return new IndexProgress(rows, rows);
  }

  private IndexDirectory.Entry one(CollectionInfo info, String name, String fieldName) {
    return entries(info, name).stream()
        .filter(e -> fieldName.isEmpty() || e.fieldName().equals(fieldName))
        .findFirst()
        .orElseThrow(() -> Reasons.indexNotFound("[fieldName=" + fieldName + "]"));
  }

  private GetIndexStateResponse state(GetIndexStateRequest request, Call call) {
    CollectionInfo info =
        directory.requireCurrent(call.database(request.getDbName()), request.getCollectionName());
    IndexDirectory.Entry entry = one(info, request.getIndexName(), request.getFieldName());
    return GetIndexStateResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setState(state(progress(info, entry)))
        .build();
  }

  private GetIndexBuildProgressResponse buildProgress(
      GetIndexBuildProgressRequest request, Call call) {
    CollectionInfo info =
        directory.requireCurrent(call.database(request.getDbName()), request.getCollectionName());
    IndexProgress progress =
        progress(info, one(info, request.getIndexName(), request.getFieldName()));
    return GetIndexBuildProgressResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setTotalRows(progress.totalRows())
        .setIndexedRows(progress.indexedRows())
        .build();
  }
}
