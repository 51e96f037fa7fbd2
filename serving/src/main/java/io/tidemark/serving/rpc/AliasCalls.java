package io.tidemark.serving.rpc;

import io.milvus.grpc.AlterAliasRequest;
import io.milvus.grpc.CreateAliasRequest;
import io.milvus.grpc.DescribeAliasRequest;
import io.milvus.grpc.DescribeAliasResponse;
import io.milvus.grpc.DropAliasRequest;
import io.milvus.grpc.ListAliasesRequest;
import io.milvus.grpc.ListAliasesResponse;
import io.milvus.grpc.Status;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.serving.catalog.AliasChanges;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.Statuses;

/** Aliases. */
final class AliasCalls {
  private final CollectionDirectory directory;
  private final AliasChanges changes;

  AliasCalls(CollectionDirectory directory, AliasChanges changes) {
    this.directory = directory;
    this.changes = changes;
  }

  void register(MethodTable methods) {
    methods.add(
        "CreateAlias",
        CreateAliasRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::create);
    methods.add(
        "DropAlias",
        DropAliasRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::drop);
    methods.add(
        "AlterAlias",
        AlterAliasRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::alter);
    methods.add(
        "DescribeAlias",
        DescribeAliasRequest.getDefaultInstance(),
        DescribeAliasResponse.getDefaultInstance(),
        this::describe);
    methods.add(
        "ListAliases",
        ListAliasesRequest.getDefaultInstance(),
        ListAliasesResponse.getDefaultInstance(),
        this::list);
  }

  private Status create(CreateAliasRequest request, Call call) {
    changes.create(
        call.database(request.getDbName()), request.getAlias(), request.getCollectionName());
    return Statuses.ok();
  }

  private Status drop(DropAliasRequest request, Call call) {
    changes.drop(call.database(request.getDbName()), request.getAlias());
    return Statuses.ok();
  }

  private Status alter(AlterAliasRequest request, Call call) {
    changes.alter(
        call.database(request.getDbName()), request.getAlias(), request.getCollectionName());
    return Statuses.ok();
  }

  private DescribeAliasResponse describe(DescribeAliasRequest request, Call call) {
    String database = call.database(request.getDbName());
    CollectionInfo info =
        directory
            .aliasTarget(database, request.getAlias())
            .orElseThrow(() -> Reasons.aliasNotFound(database, request.getAlias()));
    return DescribeAliasResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setDbName(database)
        .setAlias(request.getAlias())
        .setCollection(info.name())
        .build();
  }

  private ListAliasesResponse list(ListAliasesRequest request, Call call) {
    String database = call.database(request.getDbName());
    directory.requireDatabase(database);
    ListAliasesResponse.Builder answer =
        ListAliasesResponse.newBuilder()
            .setStatus(Statuses.ok())
            .setDbName(database)
            .setCollectionName(request.getCollectionName());
    if (request.getCollectionName().isEmpty()) {
      return answer.addAllAliases(directory.aliases(database)).build();
    }
    return answer
        .addAllAliases(directory.aliases(directory.require(database, request.getCollectionName())))
        .build();
  }
}
