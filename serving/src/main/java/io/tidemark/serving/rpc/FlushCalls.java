package io.tidemark.serving.rpc;

import io.milvus.grpc.FlushAllRequest;
import io.milvus.grpc.FlushAllResponse;
import io.milvus.grpc.FlushRequest;
import io.milvus.grpc.FlushResponse;
import io.milvus.grpc.GetFlushAllStateRequest;
import io.milvus.grpc.GetFlushAllStateResponse;
import io.milvus.grpc.GetFlushStateRequest;
import io.milvus.grpc.GetFlushStateResponse;
import io.milvus.grpc.LongArray;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.wire.Statuses;
import io.tidemark.serving.write.FlushLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Flush. A flush's state needs its timestamp and the collection; some clients send only the
 * segments that the flush named, so it names one: the collection's id.
 */
final class FlushCalls {
  private final CollectionDirectory directory;
  private final FlushLog flushes;

  FlushCalls(CollectionDirectory directory, FlushLog flushes) {
    this.directory = directory;
    this.flushes = flushes;
  }

  void register(MethodTable methods) {
    methods.add(
        "Flush",
        FlushRequest.getDefaultInstance(),
        FlushResponse.getDefaultInstance(),
        this::flush);
    methods.add(
        "GetFlushState",
        GetFlushStateRequest.getDefaultInstance(),
        GetFlushStateResponse.getDefaultInstance(),
        this::state);
    methods.add(
        "FlushAll",
        FlushAllRequest.getDefaultInstance(),
        FlushAllResponse.getDefaultInstance(),
        this::flushAll);
    methods.add(
        "GetFlushAllState",
        GetFlushAllStateRequest.getDefaultInstance(),
        GetFlushAllStateResponse.getDefaultInstance(),
        this::allState);
  }

  private FlushResponse flush(FlushRequest request, Call call) {
    String database = call.database(request.getDbName());
    List<CollectionInfo> collections = new ArrayList<>();
    for (String name : request.getCollectionNamesList()) {
      collections.add(directory.require(database, name));
    }
    FlushResponse.Builder answer =
        FlushResponse.newBuilder().setStatus(Statuses.ok()).setDbName(database);
    for (int i = 0; i < collections.size(); i++) {
      CollectionInfo info = collections.get(i);
      String name = request.getCollectionNames(i);
      long timestamp = flushes.flush(info, call.timeout());
      LongArray segments = LongArray.newBuilder().addData(info.id()).build();
      answer
          .putCollSegIDs(name, segments)
          .putFlushCollSegIDs(name, segments)
          .putCollSealTimes(name, HybridTimestamp.physicalMs(timestamp) / 1000)
          .putCollFlushTs(name, timestamp);
    }
    return answer.build();
  }

  private GetFlushStateResponse state(GetFlushStateRequest request, Call call) {
    List<CollectionInfo> collections = new ArrayList<>();
    if (!request.getCollectionName().isEmpty()) {
      collections.add(
          directory.require(call.database(request.getDbName()), request.getCollectionName()));
    } else {
      request.getSegmentIDsList().stream()
          .map(directory::byId)
          .flatMap(Optional::stream)
          .forEach(collections::add);
    }
    boolean flushed =
        collections.stream().allMatch(info -> flushes.flushed(info, request.getFlushTs()));
    return GetFlushStateResponse.newBuilder().setStatus(Statuses.ok()).setFlushed(flushed).build();
  }

  @SuppressWarnings("deprecation") // What clients read and send back.
  private FlushAllResponse flushAll(FlushAllRequest request, Call call) {
    // The lowest: no table need go beyond its own flush for it.
    long flushed =
        of(request.getDbName()).stream()
            .mapToLong(info -> flushes.flush(info, call.timeout()))
            .min()
            .orElse(0);
    return FlushAllResponse.newBuilder().setStatus(Statuses.ok()).setFlushAllTs(flushed).build();
  }

  private List<CollectionInfo> of(String database) {
    if (database.isEmpty()) {
      return directory.collections();
    }
    directory.requireDatabase(database);
    return directory.collections(database);
  }

  @SuppressWarnings("deprecation") // What clients read and send back.
  private GetFlushAllStateResponse allState(GetFlushAllStateRequest request, Call call) {
    long timestamp =
        request.getFlushAllTssMap().values().stream()
            .mapToLong(Long::longValue)
            .reduce(request.getFlushAllTs(), Math::max);
    // One that was created later has nothing to flush.
    boolean flushed =
        of(request.getDbName()).stream()
            .filter(info -> info.createdTimestamp() < timestamp)
            .allMatch(info -> flushes.flushed(info, timestamp));
    return GetFlushAllStateResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setFlushed(flushed)
        .build();
  }
}
