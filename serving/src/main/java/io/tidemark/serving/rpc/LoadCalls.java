package io.tidemark.serving.rpc;

import io.milvus.grpc.GetLoadStateRequest;
import io.milvus.grpc.GetLoadStateResponse;
import io.milvus.grpc.GetLoadingProgressRequest;
import io.milvus.grpc.GetLoadingProgressResponse;
import io.milvus.grpc.LoadCollectionRequest;
import io.milvus.grpc.LoadPartitionsRequest;
import io.milvus.grpc.LoadState;
import io.milvus.grpc.ReleaseCollectionRequest;
import io.milvus.grpc.ReleasePartitionsRequest;
import io.milvus.grpc.Status;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.LoadStates;
import io.tidemark.serving.read.LoadStatus;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.Statuses;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loading and releasing, of collections and partitions. Loading answers after a second at most;
 * clients ask for the progress.
 */
final class LoadCalls {
  private static final Logger LOG = LoggerFactory.getLogger(LoadCalls.class);
  private static final int DONE = 100;
  private static final long LOAD_PATIENCE_MS = 1_000;

  private final CollectionDirectory directory;
  private final LoadStates loads;

  LoadCalls(CollectionDirectory directory, LoadStates loads) {
    this.directory = directory;
    this.loads = loads;
  }

  void register(MethodTable methods) {
    Status status = Status.getDefaultInstance();
    methods.add("LoadCollection", LoadCollectionRequest.getDefaultInstance(), status, this::load);
    methods.add(
        "ReleaseCollection", ReleaseCollectionRequest.getDefaultInstance(), status, this::release);
    methods.add(
        "LoadPartitions", LoadPartitionsRequest.getDefaultInstance(), status, this::loadPartitions);
    methods.add(
        "ReleasePartitions",
        ReleasePartitionsRequest.getDefaultInstance(),
        status,
        this::releasePartitions);
    methods.add(
        "GetLoadingProgress",
        GetLoadingProgressRequest.getDefaultInstance(),
        GetLoadingProgressResponse.getDefaultInstance(),
        this::progress);
    methods.add(
        "GetLoadState",
        GetLoadStateRequest.getDefaultInstance(),
        GetLoadStateResponse.getDefaultInstance(),
        this::state);
  }

  private Status load(LoadCollectionRequest request, Call call) {
    checkReplicas(request.getReplicaNumber());
    waitAMoment(
        loads.load(call.database(request.getDbName()), request.getCollectionName(), List.of()));
    return Statuses.ok();
  }

  /**
   * Clients that create a collection the quick way read it at once, without asking whether it is
   * loaded; a small one is by then. A larger one goes on loading and is asked about as usual.
   */
  private static void waitAMoment(CompletableFuture<Void> loading) {
    try {
      loading.get(LOAD_PATIENCE_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.debug("Loading goes on in the background", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void checkReplicas(int replicas) {
    if (replicas > 1) {
      throw Reasons.notSupportedYet("loading " + replicas + " replicas (replica_number), one is");
    }
  }

  private Status release(ReleaseCollectionRequest request, Call call) {
    loads.release(call.database(request.getDbName()), request.getCollectionName());
    return Statuses.ok();
  }

  private Status loadPartitions(LoadPartitionsRequest request, Call call) {
    checkReplicas(request.getReplicaNumber());
    checkNames(request.getPartitionNamesList());
    waitAMoment(
        loads.load(
            call.database(request.getDbName()),
            request.getCollectionName(),
            request.getPartitionNamesList()));
    return Statuses.ok();
  }

  private Status releasePartitions(ReleasePartitionsRequest request, Call call) {
    checkNames(request.getPartitionNamesList());
    loads.releasePartitions(
        call.database(request.getDbName()),
        request.getCollectionName(),
        request.getPartitionNamesList());
    return Statuses.ok();
  }

  private static void checkNames(List<String> partitions) {
    if (partitions.isEmpty()) {
      throw TidemarkException.invalid("due to no partition specified: name at least one partition");
    }
  }

  private GetLoadingProgressResponse progress(GetLoadingProgressRequest request, Call call) {
    CollectionInfo info =
        directory.require(call.database(request.getDbName()), request.getCollectionName());
    requirePartitions(info, request.getPartitionNamesList());
    Optional<LoadStatus> status = loads.status(info);
    if (status.isEmpty() || !loads.wanted(info, request.getPartitionNamesList())) {
      throw Reasons.collectionNotLoaded(info.name());
    }
    LoadStatus known = status.get();
    if (!known.loaded() && known.error() != null) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          "collection " + info.name() + " is not loaded yet and tried again: " + known.error());
    }
    int percent = known.loaded() ? DONE : Math.min(known.percent(), DONE - 1);
    return GetLoadingProgressResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setProgress(percent)
        .setRefreshProgress(percent)
        .build();
  }

  private static void requirePartitions(CollectionInfo info, List<String> partitions) {
    for (String partition : partitions) {
      if (info.partition(partition).isEmpty()) {
        throw Reasons.partitionNotFound(partition);
      }
    }
  }

  private GetLoadStateResponse state(GetLoadStateRequest request, Call call) {
    GetLoadStateResponse.Builder answer =
        GetLoadStateResponse.newBuilder().setStatus(Statuses.ok());
    Optional<CollectionInfo> info =
        directory.find(call.database(request.getDbName()), request.getCollectionName());
    if (info.isEmpty()) {
      return answer.setState(LoadState.LoadStateNotExist).build();
    }
    requirePartitions(info.get(), request.getPartitionNamesList());
    Optional<LoadStatus> status = loads.status(info.get());
    if (status.isEmpty() || !loads.wanted(info.get(), request.getPartitionNamesList())) {
      return answer.setState(LoadState.LoadStateNotLoad).build();
    }
    return answer
        .setState(status.get().loaded() ? LoadState.LoadStateLoaded : LoadState.LoadStateLoading)
        .build();
  }
}
