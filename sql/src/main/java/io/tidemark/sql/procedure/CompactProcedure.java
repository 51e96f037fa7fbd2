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

/** {@code sys.compact}: merges small files and segments, applies deletes, clusters. */
@ProcedureHint(
    arguments = {
      @ArgumentHint(name = "collection", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "force", type = @DataTypeHint("BOOLEAN"), isOptional = true),
      @ArgumentHint(name = "files_min", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "deleted_share", type = @DataTypeHint("DOUBLE"), isOptional = true),
      @ArgumentHint(name = "segment_rows", type = @DataTypeHint("BIGINT"), isOptional = true),
      @ArgumentHint(name = "index_rows_min", type = @DataTypeHint("BIGINT"), isOptional = true),
      @ArgumentHint(name = "parallelism", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "threads", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "options", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "wait", type = @DataTypeHint("BOOLEAN"), isOptional = true)
    },
    output = @DataTypeHint(JobProcedure.RESULT))
public final class CompactProcedure extends JobProcedure {
  CompactProcedure(Endpoint endpoint) {
    super(endpoint, "compact");
  }

  public Row[] call(
      ProcedureContext context,
      @Nullable String collection,
      @Nullable Boolean force,
      @Nullable Integer filesMin,
      @Nullable Double deletedShare,
      @Nullable Long segmentRows,
      @Nullable Long indexRowsMin,
      @Nullable Integer parallelism,
      @Nullable Integer threads,
      @Nullable String options,
      @Nullable Boolean wait) {
    Map<String, @Nullable Object> named = new HashMap<>();
    named.put("force", force);
    named.put("files-min", filesMin);
    named.put("deleted-share", deletedShare);
    named.put("segment-rows", segmentRows);
    named.put("index-rows-min", indexRowsMin);
    named.put("parallelism", parallelism);
    named.put("threads", threads);
    return run(collection, named, options, wait);
  }
}
