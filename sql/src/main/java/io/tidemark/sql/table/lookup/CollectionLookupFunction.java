package io.tidemark.sql.table.lookup;

import io.milvus.grpc.KeyValuePair;
import io.milvus.grpc.LongArray;
import io.milvus.grpc.QueryRequest;
import io.milvus.grpc.QueryResults;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.StringArray;
import io.milvus.grpc.TemplateArrayValue;
import io.milvus.grpc.TemplateValue;
import io.tidemark.connectors.client.MilvusMethods;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.FieldDataReader;
import io.tidemark.sql.batch.CallBatches;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * Rows by primary key; keys that wait at the same time share a request. A NULL key has no row.
 *
 * <p>Public, as what Flink's generated code calls.
 */
public final class CollectionLookupFunction extends AsyncLookupFunction {
  private static final long serialVersionUID = 1L;
  private static final String KEYS = "keys";

  private final LookupTarget target;
  private final int batchMax;
  private final int requestsMax;
  private transient @Nullable TidemarkClient client;
  private transient @Nullable CallBatches<Object, List<GenericRowData>> batches;

  CollectionLookupFunction(LookupTarget target, int batchMax, int requestsMax) {
    this.target = target;
    this.batchMax = batchMax;
    this.requestsMax = requestsMax;
  }

  @Override
  public void open(FunctionContext context) {
    TidemarkClient connected = TidemarkClient.connect(target.endpoint());
    client = connected;
    batches = new CallBatches<>(batchMax, requestsMax, keys -> rows(connected, keys));
  }

  @Override
  public CompletableFuture<Collection<RowData>> asyncLookup(RowData keyRow) {
    if (batches == null) {
      throw new IllegalStateException("called before open");
    }
    List<@Nullable Object> wanted = new ArrayList<>();
    for (int i = 0; i < target.compared().size(); i++) {
      LogicalType type = target.columns().columns().get(target.compared().get(i)).type();
      Object value = RowData.createFieldGetter(type.copy(true), i).getFieldOrNull(keyRow);
      if (value == null) {
        return CompletableFuture.completedFuture(List.of());
      }
      wanted.add(value);
    }
    return batches
        .call(key(Objects.requireNonNull(wanted.get(target.keyAt()))))
        .thenApply(rows -> {
          List<RowData> matching = new ArrayList<>();
          for (GenericRowData row : rows) {
            boolean matches = true;
            for (int i = 0; i < wanted.size() && matches; i++) {
              matches = Objects.equals(wanted.get(i), row.getField(target.compared().get(i)));
            }
            if (matches) {
              matching.add(row);
            }
          }
          return matching;
        });
  }

  /** Long or String. */
  private static Object key(Object value) {
    return value instanceof StringData text ? text.toString() : ((Number) value).longValue();
  }

  private CompletableFuture<List<List<GenericRowData>>> rows(
      TidemarkClient connected, List<Object> keys) {
    return connected
        .retrying(MilvusMethods.QUERY, request(keys), TidemarkClient.PATIENCE)
        .thenApply(answer -> {
          Map<Object, List<GenericRowData>> found = read(answer);
          return keys.stream().map(key -> found.getOrDefault(key, List.of())).toList();
        });
  }

  private QueryRequest request(List<Object> keys) {
    TemplateArrayValue.Builder list = TemplateArrayValue.newBuilder();
    if (keys.getFirst() instanceof Long) {
      LongArray.Builder longs = LongArray.newBuilder();
      new HashSet<>(keys).forEach(key -> longs.addData((Long) key));
      list.setLongData(longs);
    } else {
      StringArray.Builder texts = StringArray.newBuilder();
      new HashSet<>(keys).forEach(key -> texts.addData((String) key));
      list.setStringData(texts);
    }
    QueryRequest.Builder request =
        QueryRequest.newBuilder()
            .setDbName(target.database())
            .setCollectionName(target.collection())
            .setExpr(target.key().name() + " in {" + KEYS + "}")
            .putExprTemplateValues(KEYS, TemplateValue.newBuilder().setArrayVal(list).build())
            .setUseDefaultConsistency(true)
            .addQueryParams(
                KeyValuePair.newBuilder().setKey("limit").setValue(String.valueOf(keys.size())));
    request.addAllOutputFields(target.columns().names());
    return request.build();
  }

  private Map<Object, List<GenericRowData>> read(QueryResults answer) {
    Map<Object, List<GenericRowData>> rows = new HashMap<>();
    if (answer.getFieldsDataCount() == 0) {
      return rows;
    }
    IntFunction<GenericRowData> made = target.columns().rows(answer.getFieldsDataList(), 0);
    int keyColumn = target.compared().get(target.keyAt());
    ScalarField keys =
        FieldDataReader.find(answer.getFieldsDataList(), target.key().name()).getScalars();
    int count =
        target.key().type().isInteger()
            ? keys.getLongData().getDataCount()
            : keys.getStringData().getDataCount();
    for (int i = 0; i < count; i++) {
      GenericRowData row = made.apply(i);
      Object key = key(Objects.requireNonNull(row.getField(keyColumn)));
      rows.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
    }
    return rows;
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
