package io.tidemark.serving.rpc;

import io.milvus.grpc.DeleteRequest;
import io.milvus.grpc.FieldPartialUpdateOp;
import io.milvus.grpc.InsertRequest;
import io.milvus.grpc.MutationResult;
import io.milvus.grpc.UpsertRequest;
import io.tidemark.engine.filter.Filter;
import io.tidemark.engine.filter.FilterParser;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.CollectionProperties;
import io.tidemark.serving.catalog.LoadStates;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.wire.EntityReader;
import io.tidemark.serving.wire.EntityReader.AutoId;
import io.tidemark.serving.wire.Keys;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.Statuses;
import io.tidemark.serving.wire.TemplateValues;
import io.tidemark.serving.write.EntityWriter;
import io.tidemark.serving.write.FilterDeletion;
import io.tidemark.serving.write.WriteGates;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Insert, upsert, delete. Everything of a request is checked before anything of it is written. */
final class WriteCalls {
  private final CollectionDirectory directory;
  private final LoadStates loads;
  private final WriteGates gates;
  private final EntityWriter writer;
  private final FilterDeletion filterDeletion;
  private final ReadService read;

  WriteCalls(
      CollectionDirectory directory,
      LoadStates loads,
      WriteGates gates,
      EntityWriter writer,
      FilterDeletion filterDeletion,
      ReadService read) {
    this.directory = directory;
    this.loads = loads;
    this.gates = gates;
    this.writer = writer;
    this.filterDeletion = filterDeletion;
    this.read = read;
  }

  void register(MethodTable methods) {
    MutationResult answer = MutationResult.getDefaultInstance();
    methods.add("Insert", InsertRequest.getDefaultInstance(), answer, this::insert);
    methods.add("Upsert", UpsertRequest.getDefaultInstance(), answer, this::upsert);
    methods.add("Delete", DeleteRequest.getDefaultInstance(), answer, this::delete);
  }

  private MutationResult insert(InsertRequest request, Call call) {
    CollectionInfo info =
        directory.require(call.database(request.getDbName()), request.getCollectionName());
    checkSchemaTimestamp(info, request.getSchemaTimestamp());
    String partition = partition(info, request.getPartitionName());
    AutoId autoId =
        CollectionProperties.allowsInsertOfAutoId(info) ? AutoId.OPTIONAL : AutoId.GENERATED;
    long rowCount = Integer.toUnsignedLong(request.getNumRows());
    EntityBatch rows =
        EntityReader.read(request.getFieldsDataList(), rowCount, info.schema(), autoId);
    WritePace.await(read.pressure());
    EntityWriter.Written written =
        writing(
            info, partition, current -> writer.insert(current, partition, rows, call.timeout()));
    return written(written).setInsertCnt(written.keys().size()).build();
  }

  private MutationResult upsert(UpsertRequest request, Call call) {
    CollectionInfo info =
        directory.require(call.database(request.getDbName()), request.getCollectionName());
    checkSchemaTimestamp(info, request.getSchemaTimestamp());
    if (request.getPartialUpdate()
        || request.getFieldOpsList().stream()
            .anyMatch(op -> op.getOp() != FieldPartialUpdateOp.OpType.REPLACE)) {
      throw Reasons.notSupportedYet("partial update");
    }
    String partition = partition(info, request.getPartitionName());
    long rowCount = Integer.toUnsignedLong(request.getNumRows());
    EntityBatch rows =
        EntityReader.read(request.getFieldsDataList(), rowCount, info.schema(), AutoId.REQUIRED);
    WritePace.await(read.pressure());
    EntityWriter.Written written =
        writing(
            info, partition, current -> writer.upsert(current, partition, rows, call.timeout()));
    return written(written)
        .setInsertCnt(rows.size())
        .setDeleteCnt(rows.size())
        .setUpsertCnt(rows.size())
        .build();
  }

  private static MutationResult.Builder written(EntityWriter.Written written) {
    MutationResult.Builder answer =
        MutationResult.newBuilder()
            .setStatus(Statuses.ok())
            .setIDs(Keys.toIds(written.keys()))
            .setAcknowledged(true)
            .setTimestamp(written.timestamp());
    for (int row = 0; row < written.keys().size(); row++) {
      answer.addSuccIndex(row);
    }
    return answer;
  }

  private MutationResult delete(DeleteRequest request, Call call) {
    CollectionInfo info =
        directory.require(call.database(request.getDbName()), request.getCollectionName());
    String partition = request.getPartitionName();
    requirePartition(info, partition);
    Filter filter =
        FilterParser.parse(
            request.getExpr(),
            info.schema(),
            TemplateValues.read(request.getExprTemplateValuesMap()));
    if (filter.matchesAll()) {
      throw TidemarkException.invalid(
          "delete plan can't be empty or always true : " + request.getExpr());
    }
    Optional<List<Object>> keys = filter.primaryKeys();
    if (keys.isEmpty() && loads.status(info).isEmpty()) {
      throw Reasons.collectionNotLoaded(info.name());
    }
    FilterDeletion.Deleted deleted =
        writing(
            info,
            partition,
            current ->
                keys.isPresent()
                    ? new FilterDeletion.Deleted(
                        keys.get().size(),
                        writer.delete(current, partition, keys.get(), call.timeout()))
                    : filterDeletion.delete(current, filter, partition, call.timeout()));
    return MutationResult.newBuilder()
        .setStatus(Statuses.ok())
        .setAcknowledged(true)
        .setDeleteCnt(deleted.count())
        .setTimestamp(deleted.timestamp())
        .build();
  }

  /** Runs a write while neither the collection nor the partition can be dropped. */
  private <T> T writing(CollectionInfo info, String partition, Function<CollectionInfo, T> write) {
    return gates.writing(
        info.id(),
        () -> {
          CollectionInfo current =
              directory
                  .byId(info.id())
                  .orElseThrow(() -> Reasons.collectionNotFound(info.database(), info.name()));
          checkSchemaTimestamp(
              current,
              info.schema().version() == current.schema().version() ? 0 : info.updatedTimestamp());
          requirePartition(current, partition);
          return write.apply(current);
        });
  }

  private static void checkSchemaTimestamp(CollectionInfo info, long seen) {
    if (seen != 0 && seen != info.updatedTimestamp()) {
      throw new TidemarkException(
          ErrorCode.SCHEMA_MISMATCH,
          "collection schema mismatch[collection="
              + info.name()
              + "]: the request was made for the schema of "
              + seen
              + ", it is now of "
              + info.updatedTimestamp()
              + "; describe the collection again and retry");
    }
  }

  private static String partition(CollectionInfo info, String requested) {
    String name = requested.isEmpty() ? Partition.DEFAULT_NAME : requested;
    requirePartition(info, name);
    return name;
  }

  private static void requirePartition(CollectionInfo info, String name) {
    if (!name.isEmpty() && info.partition(name).isEmpty()) {
      throw Reasons.partitionNotFound(name);
    }
  }
}
