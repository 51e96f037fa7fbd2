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
 * {@code sys.`rollback`}, a word of SQL's own: goes back to the index that was in use before the
 * last reindex.
 */
@ProcedureHint(
    arguments = {
      @ArgumentHint(name = "collection", type = @DataTypeHint("STRING")),
      @ArgumentHint(name = "field", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "options", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "wait", type = @DataTypeHint("BOOLEAN"), isOptional = true)
    },
    output = @DataTypeHint(JobProcedure.RESULT))
public final class RollbackProcedure extends JobProcedure {
  RollbackProcedure(Endpoint endpoint) {
    super(endpoint, "reindex");
  }

  public Row[] call(
      ProcedureContext context,
      String collection,
      @Nullable String field,
      @Nullable String options,
      @Nullable Boolean wait) {
    Map<String, @Nullable Object> named = new HashMap<>();
    named.put("field", field);
    named.put("rollback", true);
    return run(collection, named, options, wait);
  }
}
