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

/** {@code sys.reindex}: builds another index beside the one in use, compares both, switches. */
@ProcedureHint(
    arguments = {
      @ArgumentHint(name = "collection", type = @DataTypeHint("STRING")),
      @ArgumentHint(name = "field", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "type", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "params", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "recall_min", type = @DataTypeHint("DOUBLE"), isOptional = true),
      @ArgumentHint(name = "sample", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "k", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "switch_over", type = @DataTypeHint("BOOLEAN"), isOptional = true),
      @ArgumentHint(name = "parallelism", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "threads", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "options", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "wait", type = @DataTypeHint("BOOLEAN"), isOptional = true)
    },
    output = @DataTypeHint(JobProcedure.RESULT))
public final class ReindexProcedure extends JobProcedure {
  ReindexProcedure(Endpoint endpoint) {
    super(endpoint, "reindex");
  }

  public Row[] call(
      ProcedureContext context,
      String collection,
      @Nullable String field,
      @Nullable String type,
      @Nullable String params,
      @Nullable Double recallMin,
      @Nullable Integer sample,
      @Nullable Integer k,
      @Nullable Boolean switchOver,
      @Nullable Integer parallelism,
      @Nullable Integer threads,
      @Nullable String options,
      @Nullable Boolean wait) {
    Map<String, @Nullable Object> named = new HashMap<>();
    named.put("field", field);
    named.put("type", type);
    named.put("params", params);
    named.put("recall-min", recallMin);
    named.put("sample", sample);
    named.put("k", k);
    named.put("switch", switchOver);
    named.put("parallelism", parallelism);
    named.put("threads", threads);
    return run(collection, named, options, wait);
  }
}
