package io.tidemark.connectors.sink;

import io.grpc.MethodDescriptor;
import io.milvus.grpc.DeleteRequest;
import io.milvus.grpc.InsertRequest;
import io.milvus.grpc.LongArray;
import io.milvus.grpc.MutationResult;
import io.milvus.grpc.StringArray;
import io.milvus.grpc.TemplateArrayValue;
import io.milvus.grpc.TemplateValue;
import io.milvus.grpc.UpsertRequest;
import io.tidemark.connectors.client.MilvusMethods;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.FieldDataBuilder;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Requests of Milvus's protocol to a running Tidemark. */
final class ClientWrites implements Writes {
  private static final MethodDescriptor<InsertRequest, MutationResult> INSERT =
      MilvusMethods.unary(
          "Insert", InsertRequest.getDefaultInstance(), MutationResult.getDefaultInstance());
  private static final MethodDescriptor<UpsertRequest, MutationResult> UPSERT =
      MilvusMethods.unary(
          "Upsert", UpsertRequest.getDefaultInstance(), MutationResult.getDefaultInstance());
  static final MethodDescriptor<DeleteRequest, MutationResult> DELETE =
      MilvusMethods.unary(
          "Delete", DeleteRequest.getDefaultInstance(), MutationResult.getDefaultInstance());

  private final TidemarkClient client;
  private final String database;
  private final String collection;
  private final String primaryKey;
  private final FieldDataBuilder columns;

  /**
   * @param client closed with this
   */
  ClientWrites(
      TidemarkClient client,
      String database,
      String collection,
      String primaryKey,
      FieldDataBuilder columns) {
    this.client = client;
    this.database = database;
    this.collection = collection;
    this.primaryKey = primaryKey;
    this.columns = columns;
  }

  @Override
  public CompletableFuture<Void> send(WriteRequest request) {
    CompletableFuture<MutationResult> answer =
        switch (request) {
          case WriteRequest.Insert(var partition, var rows) ->
              client.call(
                  INSERT,
                  InsertRequest.newBuilder()
                      .setDbName(database)
                      .setCollectionName(collection)
                      .setPartitionName(partition)
                      .setNumRows(rows.size())
                      .addAllFieldsData(columns.build(rows))
                      .build());
          case WriteRequest.Upsert(var partition, var rows) ->
              client.call(
                  UPSERT,
                  UpsertRequest.newBuilder()
                      .setDbName(database)
                      .setCollectionName(collection)
                      .setPartitionName(partition)
                      .setNumRows(rows.size())
                      .addAllFieldsData(columns.build(rows))
                      .build());
          case WriteRequest.Delete(var keys) ->
              client.call(
                  DELETE,
                  DeleteRequest.newBuilder()
                      .setDbName(database)
                      .setCollectionName(collection)
                      .setExpr(primaryKey + " in {keys}")
                      .putExprTemplateValues("keys", list(keys))
                      .build());
        };
    return answer.thenAccept(result -> {});
  }

  private static TemplateValue list(List<Object> keys) {
    TemplateArrayValue.Builder list = TemplateArrayValue.newBuilder();
    if (keys.getFirst() instanceof Long) {
      LongArray.Builder longs = LongArray.newBuilder();
      keys.forEach(key -> longs.addData((Long) key));
      list.setLongData(longs);
    } else {
      StringArray.Builder texts = StringArray.newBuilder();
      keys.forEach(key -> texts.addData((String) key));
      list.setStringData(texts);
    }
    return TemplateValue.newBuilder().setArrayVal(list).build();
  }

  @Override
  public void close() {
    client.close();
  }
}
