package io.tidemark.serving.rpc;

import io.milvus.grpc.AddCollectionFieldRequest;
import io.milvus.grpc.AlterCollectionRequest;
import io.milvus.grpc.BatchDescribeCollectionRequest;
import io.milvus.grpc.BatchDescribeCollectionResponse;
import io.milvus.grpc.BoolResponse;
import io.milvus.grpc.CreateCollectionRequest;
import io.milvus.grpc.DescribeCollectionRequest;
import io.milvus.grpc.DescribeCollectionResponse;
import io.milvus.grpc.DropCollectionRequest;
import io.milvus.grpc.GetCollectionStatisticsRequest;
import io.milvus.grpc.GetCollectionStatisticsResponse;
import io.milvus.grpc.HasCollectionRequest;
import io.milvus.grpc.RenameCollectionRequest;
import io.milvus.grpc.ShowCollectionsRequest;
import io.milvus.grpc.ShowCollectionsResponse;
import io.milvus.grpc.ShowType;
import io.milvus.grpc.Status;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.catalog.CollectionChanges;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.LoadStates;
import io.tidemark.serving.read.LoadStatus;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.wire.KeyValues;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.SchemaReader;
import io.tidemark.serving.wire.Statuses;
import io.tidemark.serving.write.ShardLog;
import java.util.Optional;
import java.util.Set;

/** Collections: create, drop, look up, list, rename, alter, add fields, count. */
final class CollectionCalls {
  private static final String ROW_COUNT = "row_count";

  private final CollectionDirectory directory;
  private final CollectionChanges changes;
  private final CollectionDescriptions descriptions;
  private final LoadStates loads;
  private final ReadService read;
  private final ShardLog log;

  CollectionCalls(
      CollectionDirectory directory,
      CollectionChanges changes,
      CollectionDescriptions descriptions,
      LoadStates loads,
      ReadService read,
      ShardLog log) {
    this.directory = directory;
    this.changes = changes;
    this.descriptions = descriptions;
    this.loads = loads;
    this.read = read;
    this.log = log;
  }

  void register(MethodTable methods) {
    Status status = Status.getDefaultInstance();
    methods.add(
        "CreateCollection", CreateCollectionRequest.getDefaultInstance(), status, this::create);
    methods.add("DropCollection", DropCollectionRequest.getDefaultInstance(), status, this::drop);
    methods.add(
        "RenameCollection", RenameCollectionRequest.getDefaultInstance(), status, this::rename);
    methods.add(
        "AlterCollection", AlterCollectionRequest.getDefaultInstance(), status, this::alter);
    methods.add(
        "AddCollectionField",
        AddCollectionFieldRequest.getDefaultInstance(),
        status,
        this::addField);
    methods.add(
        "HasCollection",
        HasCollectionRequest.getDefaultInstance(),
        BoolResponse.getDefaultInstance(),
        this::has);
    methods.add(
        "DescribeCollection",
        DescribeCollectionRequest.getDefaultInstance(),
        DescribeCollectionResponse.getDefaultInstance(),
        this::describe);
    methods.add(
        "BatchDescribeCollection",
        BatchDescribeCollectionRequest.getDefaultInstance(),
        BatchDescribeCollectionResponse.getDefaultInstance(),
        this::batchDescribe);
    methods.add(
        "ShowCollections",
        ShowCollectionsRequest.getDefaultInstance(),
        ShowCollectionsResponse.getDefaultInstance(),
        this::show);
    methods.add(
        "GetCollectionStatistics",
        GetCollectionStatisticsRequest.getDefaultInstance(),
        GetCollectionStatisticsResponse.getDefaultInstance(),
        this::statistics);
  }

  private Status create(CreateCollectionRequest request, Call call) {
    if (request.getNumPartitions() > 0) {
      throw TidemarkException.invalid(
          "num_partitions should only be specified with partition key field enabled, but got "
              + request.getNumPartitions());
    }
    changes.create(
        new CollectionChanges.Creation(
            call.database(request.getDbName()),
            request.getCollectionName(),
            SchemaReader.read(request.getSchema()),
            request.getShardsNum(),
            ConsistencyLevel.ofNumber(request.getConsistencyLevelValue()),
            KeyValues.toMap(request.getPropertiesList())));
    return Statuses.ok();
  }

  private Status drop(DropCollectionRequest request, Call call) {
    changes.drop(call.database(request.getDbName()), request.getCollectionName());
    return Statuses.ok();
  }

  private Status rename(RenameCollectionRequest request, Call call) {
    changes.rename(
        call.database(request.getDbName()),
        request.getOldName(),
        request.getNewDBName(),
        request.getNewName());
    return Statuses.ok();
  }

  private Status alter(AlterCollectionRequest request, Call call) {
    changes.alter(
        call.database(request.getDbName()),
        request.getCollectionName(),
        KeyValues.toMap(request.getPropertiesList()),
        request.getDeleteKeysList());
    return Statuses.ok();
  }

  private Status addField(AddCollectionFieldRequest request, Call call) {
    changes.addField(
        call.database(request.getDbName()),
        request.getCollectionName(),
        SchemaReader.readAdded(request.getSchema()));
    return Statuses.ok();
  }

  private BoolResponse has(HasCollectionRequest request, Call call) {
    String database = call.database(request.getDbName());
    boolean found = directory.find(database, request.getCollectionName()).isPresent();
    if (!found) {
      directory.requireDatabase(database);
    }
    return BoolResponse.newBuilder().setStatus(Statuses.ok()).setValue(found).build();
  }

  private DescribeCollectionResponse describe(DescribeCollectionRequest request, Call call) {
    return descriptions.describe(
        find(
            call.database(request.getDbName()),
            request.getCollectionName(),
            request.getCollectionID()),
        log.lastAcknowledged());
  }

  private CollectionInfo find(String database, String name, long id) {
    if (name.isEmpty() && id != 0) {
      return directory.byId(id).orElseThrow(() -> Reasons.collectionNotFound(database, id));
    }
    return directory.require(database, name);
  }

  private BatchDescribeCollectionResponse batchDescribe(
      BatchDescribeCollectionRequest request, Call call) {
    String database = call.database(request.getDbName());
    BatchDescribeCollectionResponse.Builder answer =
        BatchDescribeCollectionResponse.newBuilder().setStatus(Statuses.ok());
    for (String name : request.getCollectionNameList()) {
      answer.addResponses(descriptions.describe(find(database, name, 0), log.lastAcknowledged()));
    }
    for (long id : request.getCollectionIDList()) {
      answer.addResponses(descriptions.describe(find(database, "", id), log.lastAcknowledged()));
    }
    return answer.build();
  }

  @SuppressWarnings("deprecation") // Clients still ask for loaded collections this way.
  private ShowCollectionsResponse show(ShowCollectionsRequest request, Call call) {
    String database = call.database(request.getDbName());
    directory.requireDatabase(database);
    ShowCollectionsResponse.Builder answer =
        ShowCollectionsResponse.newBuilder().setStatus(Statuses.ok());
    boolean onlyLoaded = request.getType() == ShowType.InMemory;
    Set<String> names = Set.copyOf(request.getCollectionNamesList());
    for (CollectionInfo info : directory.collections(database)) {
      Optional<LoadStatus> load = loads.status(info);
      if (onlyLoaded && (load.isEmpty() || !(names.isEmpty() || names.contains(info.name())))) {
        continue;
      }
      answer
          .addCollectionNames(info.name())
          .addCollectionIds(info.id())
          .addCreatedTimestamps(info.createdTimestamp())
          .addCreatedUtcTimestamps(HybridTimestamp.physicalMs(info.createdTimestamp()))
          .addShardsNum(info.shards());
      if (onlyLoaded) {
        answer
            .addInMemoryPercentages(load.map(LoadStatus::percent).orElse(0))
            .addQueryServiceAvailable(load.map(LoadStatus::loaded).orElse(false));
      }
    }
    return answer.build();
  }

  private GetCollectionStatisticsResponse statistics(
      GetCollectionStatisticsRequest request, Call call) {
    CollectionInfo info =
        directory.require(call.database(request.getDbName()), request.getCollectionName());
    return GetCollectionStatisticsResponse.newBuilder()
        .setStatus(Statuses.ok())
        .addStats(KeyValues.pair(ROW_COUNT, Long.toString(read.rowCount(info, Set.of()))))
        .build();
  }
}
