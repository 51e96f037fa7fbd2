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

/** {@code sys.expire}: removes rows, snapshots, files and log that nobody can ask for any more. */
@ProcedureHint(
    arguments = {
      @ArgumentHint(name = "collection", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "snapshot_age", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "snapshots_min", type = @DataTypeHint("INT"), isOptional = true),
      @ArgumentHint(name = "grace", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "log_keep", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "options", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "wait", type = @DataTypeHint("BOOLEAN"), isOptional = true)
    },
    output = @DataTypeHint(JobProcedure.RESULT))
public final class ExpireProcedure extends JobProcedure {
  ExpireProcedure(Endpoint endpoint) {
    super(endpoint, "expire");
  }

  public Row[] call(
      ProcedureContext context,
      @Nullable String collection,
      @Nullable String snapshotAge,
      @Nullable Integer snapshotsMin,
      @Nullable String grace,
      @Nullable String logKeep,
      @Nullable String options,
      @Nullable Boolean wait) {
    Map<String, @Nullable Object> named = new HashMap<>();
    named.put("snapshot-age", snapshotAge);
    named.put("snapshots-min", snapshotsMin);
    named.put("grace", grace);
    named.put("log-keep", logKeep);
    return run(collection, named, options, wait);
  }
}
