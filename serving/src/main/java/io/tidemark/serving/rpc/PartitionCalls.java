package io.tidemark.serving.rpc;

import io.milvus.grpc.BoolResponse;
import io.milvus.grpc.CreatePartitionRequest;
import io.milvus.grpc.DropPartitionRequest;
import io.milvus.grpc.GetPartitionStatisticsRequest;
import io.milvus.grpc.GetPartitionStatisticsResponse;
import io.milvus.grpc.HasPartitionRequest;
import io.milvus.grpc.ShowPartitionsRequest;
import io.milvus.grpc.ShowPartitionsResponse;
import io.milvus.grpc.ShowType;
import io.milvus.grpc.Status;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.LoadStates;
import io.tidemark.serving.catalog.PartitionChanges;
import io.tidemark.serving.read.LoadStatus;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.wire.KeyValues;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.Statuses;
import java.util.List;
import java.util.Set;

/** Partitions. */
final class PartitionCalls {
  private final CollectionDirectory directory;
  private final PartitionChanges changes;
  private final LoadStates loads;
  private final ReadService read;

  PartitionCalls(
      CollectionDirectory directory, PartitionChanges changes, LoadStates loads, ReadService read) {
    this.directory = directory;
    this.changes = changes;
    this.loads = loads;
    this.read = read;
  }

  void register(MethodTable methods) {
    methods.add(
        "CreatePartition",
        CreatePartitionRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::create);
    methods.add(
        "DropPartition",
        DropPartitionRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::drop);
    methods.add(
        "HasPartition",
        HasPartitionRequest.getDefaultInstance(),
        BoolResponse.getDefaultInstance(),
        this::has);
    methods.add(
        "ShowPartitions",
        ShowPartitionsRequest.getDefaultInstance(),
        ShowPartitionsResponse.getDefaultInstance(),
        this::show);
    methods.add(
        "GetPartitionStatistics",
        GetPartitionStatisticsRequest.getDefaultInstance(),
        GetPartitionStatisticsResponse.getDefaultInstance(),
        this::statistics);
  }

  private Status create(CreatePartitionRequest request, Call call) {
    changes.create(
        call.database(request.getDbName()),
        request.getCollectionName(),
        request.getPartitionName());
    return Statuses.ok();
  }

  private Status drop(DropPartitionRequest request, Call call) {
    changes.drop(
        call.database(request.getDbName()),
        request.getCollectionName(),
        request.getPartitionName());
    return Statuses.ok();
  }

  private BoolResponse has(HasPartitionRequest request, Call call) {
    CollectionInfo info =
        directory.require(call.database(request.getDbName()), request.getCollectionName());
    return BoolResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setValue(info.partition(request.getPartitionName()).isPresent())
        .build();
  }

  @SuppressWarnings("deprecation") // Clients still ask for loaded partitions this way.
  private ShowPartitionsResponse show(ShowPartitionsRequest request, Call call) {
    String database = call.database(request.getDbName());
    CollectionInfo info =
        request.getCollectionName().isEmpty() && request.getCollectionID() != 0
            ? directory
                .byId(request.getCollectionID())
                .orElseThrow(() -> Reasons.collectionNotFound(database, request.getCollectionID()))
            : directory.require(database, request.getCollectionName());
    boolean onlyLoaded = request.getType() == ShowType.InMemory;
    Set<String> names = Set.copyOf(request.getPartitionNamesList());
    for (String name : names) {
      requirePartition(info, name);
    }
    ShowPartitionsResponse.Builder answer =
        ShowPartitionsResponse.newBuilder().setStatus(Statuses.ok());
    for (Partition partition : info.partitions()) {
      boolean named = names.isEmpty() || names.contains(partition.name());
      if (!named || (onlyLoaded && !loads.wanted(info, List.of(partition.name())))) {
        continue;
      }
      answer
          .addPartitionNames(partition.name())
          .addPartitionIDs(partition.id())
          .addCreatedTimestamps(partition.createdTimestamp())
          .addCreatedUtcTimestamps(HybridTimestamp.physicalMs(partition.createdTimestamp()));
      if (onlyLoaded) {
        answer.addInMemoryPercentages(loads.status(info).map(LoadStatus::percent).orElse(0));
      }
    }
    return answer.build();
  }

  private static void requirePartition(CollectionInfo info, String name) {
    if (info.partition(name).isEmpty()) {
      throw Reasons.partitionNotFound(name);
    }
  }

  private GetPartitionStatisticsResponse statistics(
      GetPartitionStatisticsRequest request, Call call) {
    CollectionInfo info =
        directory.require(call.database(request.getDbName()), request.getCollectionName());
    requirePartition(info, request.getPartitionName());
    long rows = read.rowCount(info, Set.of(request.getPartitionName()));
    return GetPartitionStatisticsResponse.newBuilder()
        .setStatus(Statuses.ok())
        .addStats(KeyValues.pair("row_count", Long.toString(rows)))
        .build();
  }
}
