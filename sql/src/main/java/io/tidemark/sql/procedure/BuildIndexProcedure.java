package io.tidemark.sql.procedure;

import io.tidemark.connectors.client.Endpoint;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.ProcedureHint;
import org.apache.flink.table.procedure.ProcedureContext;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/**
 * {@code sys.build_index}: indexes what was acknowledged before the call, without waiting for a
 * segment's worth.
 */
@ProcedureHint(
    arguments = {
      @ArgumentHint(name = "collection", type = @DataTypeHint("STRING")),
      @ArgumentHint(name = "parallelism", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "threads", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "gpu", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "segment_rows", type = @DataTypeHint("BIGINT"), isOptional = true),
      @ArgumentHint(name = "index_rows_min", type = @DataTypeHint("BIGINT"), isOptional = true),
      @ArgumentHint(name = "options", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "wait", type = @DataTypeHint("BOOLEAN"), isOptional = true)
    },
    output = @DataTypeHint(JobProcedure.RESULT))
public final class BuildIndexProcedure extends JobProcedure {
  BuildIndexProcedure(Endpoint endpoint) {
    super(endpoint, "index");
  }

  public Row[] call(
      ProcedureContext context,
      String collection,
      @Nullable Integer parallelism,
      @Nullable Integer threads,
      @Nullable String gpu,
      @Nullable Long segmentRows,
      @Nullable Long indexRowsMin,
      @Nullable String options,
      @Nullable Boolean wait) {
    Map<String, @Nullable Object> named = new HashMap<>();
    named.put("parallelism", parallelism);
    named.put("threads", threads);
    named.put("gpu", gpu);
    named.put("segment-rows", segmentRows);
    named.put("index-rows-min", indexRowsMin);
    return run(collection, named, options, wait);
  }
}
