package io.tidemark.connectors.client;

import io.milvus.grpc.AlterDatabaseRequest;
import io.milvus.grpc.CreateDatabaseRequest;
import io.milvus.grpc.DescribeDatabaseRequest;
import io.milvus.grpc.DropDatabaseRequest;
import io.milvus.grpc.ListDatabasesRequest;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Databases of a running Tidemark; each call waits for its answer. Thread-safe. */
public final class DatabaseCalls {
  private final TidemarkClient client;

  DatabaseCalls(TidemarkClient client) {
    this.client = client;
  }

  public List<String> list() {
    return List.copyOf(
        client
            .answer(MilvusMethods.LIST_DATABASES, ListDatabasesRequest.getDefaultInstance())
            .getDbNamesList());
  }

  public Map<String, String> properties(String database) {
    return KeyValues.toMap(
        client
            .answer(
                MilvusMethods.DESCRIBE_DATABASE,
                DescribeDatabaseRequest.newBuilder().setDbName(database).build())
            .getPropertiesList());
  }

  public void create(String database, Map<String, String> properties) {
    client.answer(
        MilvusMethods.CREATE_DATABASE,
        CreateDatabaseRequest.newBuilder()
            .setDbName(database)
            .addAllProperties(KeyValues.toPairs(properties))
            .build());
  }

  /** Sets some properties and deletes others. */
  public void alter(String database, Map<String, String> set, Collection<String> delete) {
    client.answer(
        MilvusMethods.ALTER_DATABASE,
        AlterDatabaseRequest.newBuilder()
            .setDbName(database)
            .addAllProperties(KeyValues.toPairs(set))
            .addAllDeleteKeys(delete)
            .build());
  }

  /** It must be empty. */
  public void drop(String database) {
    client.answer(
        MilvusMethods.DROP_DATABASE, DropDatabaseRequest.newBuilder().setDbName(database).build());
  }
}
