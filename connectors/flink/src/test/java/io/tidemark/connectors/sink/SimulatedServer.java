package io.tidemark.connectors.sink;

import io.milvus.grpc.FieldData;
import io.tidemark.connectors.row.FieldDataBuilder;
import io.tidemark.connectors.row.RowChange;
import io.tidemark.connectors.row.RowLayout;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps what is written in memory, as the server does: rows of two columns, an INT64 key {@code id}
 * and an INT64 {@code n}. Answers come late and in any order; some are lost before or after the
 * write. A negative n is refused.
 */
final class SimulatedServer implements Writes {
  final Map<Long, Long> rows = new HashMap<>();
  final List<Integer> requestSizes = new ArrayList<>();
  double lossRate;
  boolean away;
  int underWay;
  int underWayMax;
  int rowsAdded;

  private final SimulatedTask task;
  private final Random random;
  private final FieldDataBuilder columns;

  SimulatedServer(SimulatedTask task, Random random, RowLayout layout) {
    this.task = task;
    this.random = random;
    this.columns = new FieldDataBuilder(layout);
  }

  @Override
  public CompletableFuture<Void> send(WriteRequest request) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    underWay++;
    underWayMax = Math.max(underWayMax, underWay);
    requestSizes.add(request.size());
    task.later(random, () -> arrive(request, answer));
    return answer;
  }

  private void arrive(WriteRequest request, CompletableFuture<Void> answer) {
    underWay--;
    if (away || random.nextDouble() < lossRate) {
      fail(answer, ErrorCode.SERVICE_NOT_READY, "away");
      return;
    }
    if (!apply(request)) {
      fail(answer, ErrorCode.INVALID_PARAMETER, "row 0: n is negative");
    } else if (random.nextDouble() < lossRate) {
      fail(answer, ErrorCode.SERVICE_NOT_READY, "the answer was lost");
    } else {
      answer.complete(null);
    }
  }

  private static void fail(CompletableFuture<Void> answer, ErrorCode code, String message) {
    answer.completeExceptionally(new TidemarkException(code, message));
  }

  private boolean apply(WriteRequest request) {
    return switch (request) {
      case WriteRequest.Delete(var keys) -> {
        keys.forEach(key -> rows.remove((Long) key));
        yield true;
      }
      case WriteRequest.Upsert(var partition, var own) -> put(own);
      case WriteRequest.Insert(var partition, var own) -> put(own);
    };
  }

  private boolean put(List<RowChange> own) {
    List<FieldData> fields = columns.build(own);
    List<Long> keys = fields.get(0).getScalars().getLongData().getDataList();
    List<Long> numbers = fields.get(1).getScalars().getLongData().getDataList();
    if (numbers.stream().anyMatch(n -> n < 0)) {
      return false;
    }
    for (int i = 0; i < keys.size(); i++) {
      rows.put(keys.get(i), numbers.get(i));
      rowsAdded++;
    }
    return true;
  }

  @Override
  public void close() {}
}
