package io.tidemark.serving.rpc;

import io.milvus.grpc.AlterDatabaseRequest;
import io.milvus.grpc.CreateDatabaseRequest;
import io.milvus.grpc.DescribeDatabaseRequest;
import io.milvus.grpc.DescribeDatabaseResponse;
import io.milvus.grpc.DropDatabaseRequest;
import io.milvus.grpc.ListDatabasesRequest;
import io.milvus.grpc.ListDatabasesResponse;
import io.milvus.grpc.Status;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.DatabaseChanges;
import io.tidemark.serving.catalog.DatabaseChanges.DatabaseInfo;
import io.tidemark.serving.wire.KeyValues;
import io.tidemark.serving.wire.Statuses;

/** Databases. */
final class DatabaseCalls {
  private final CollectionDirectory directory;
  private final DatabaseChanges changes;

  DatabaseCalls(CollectionDirectory directory, DatabaseChanges changes) {
    this.directory = directory;
    this.changes = changes;
  }

  void register(MethodTable methods) {
    methods.add(
        "CreateDatabase",
        CreateDatabaseRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::create);
    methods.add(
        "DropDatabase",
        DropDatabaseRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::drop);
    methods.add(
        "AlterDatabase",
        AlterDatabaseRequest.getDefaultInstance(),
        Status.getDefaultInstance(),
        this::alter);
    methods.add(
        "ListDatabases",
        ListDatabasesRequest.getDefaultInstance(),
        ListDatabasesResponse.getDefaultInstance(),
        this::list);
    methods.add(
        "DescribeDatabase",
        DescribeDatabaseRequest.getDefaultInstance(),
        DescribeDatabaseResponse.getDefaultInstance(),
        this::describe);
  }

  private Status create(CreateDatabaseRequest request, Call call) {
    changes.create(request.getDbName(), KeyValues.toMap(request.getPropertiesList()));
    return Statuses.ok();
  }

  private Status drop(DropDatabaseRequest request, Call call) {
    changes.drop(request.getDbName());
    return Statuses.ok();
  }

  private Status alter(AlterDatabaseRequest request, Call call) {
    changes.alter(
        call.database(request.getDbName()),
        KeyValues.toMap(request.getPropertiesList()),
        request.getDeleteKeysList());
    return Statuses.ok();
  }

  private ListDatabasesResponse list(ListDatabasesRequest request, Call call) {
    ListDatabasesResponse.Builder answer =
        ListDatabasesResponse.newBuilder().setStatus(Statuses.ok());
    for (String name : directory.databases()) {
      DatabaseInfo info = changes.describe(name);
      answer.addDbNames(name).addCreatedTimestamp(info.createdTimestamp()).addDbIds(info.id());
    }
    return answer.build();
  }

  private DescribeDatabaseResponse describe(DescribeDatabaseRequest request, Call call) {
    DatabaseInfo info = changes.describe(call.database(request.getDbName()));
    return DescribeDatabaseResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setDbName(info.name())
        .setDbID(info.id())
        .setCreatedTimestamp(info.createdTimestamp())
        .addAllProperties(KeyValues.toPairs(info.properties()))
        .build();
  }
}
