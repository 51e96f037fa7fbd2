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
 * {@code sys.snapshot}: names, lists, drops and restores states of a collection, backs up, imports.
 */
@ProcedureHint(
    arguments = {
      @ArgumentHint(name = "collection", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "name", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "action", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "as_collection", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "age", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "to_folder", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "from_folder", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "options", type = @DataTypeHint("STRING"), isOptional = true),
      @ArgumentHint(name = "wait", type = @DataTypeHint("BOOLEAN"), isOptional = true)
    },
    output = @DataTypeHint(JobProcedure.RESULT))
public final class SnapshotProcedure extends JobProcedure {
  SnapshotProcedure(Endpoint endpoint) {
    super(endpoint, "snapshot");
  }

  public Row[] call(
      ProcedureContext context,
      @Nullable String collection,
      @Nullable String name,
      @Nullable String action,
      @Nullable String asCollection,
      @Nullable String age,
      @Nullable String toFolder,
      @Nullable String fromFolder,
      @Nullable String options,
      @Nullable Boolean wait) {
    Map<String, @Nullable Object> named = new HashMap<>();
    named.put("name", name);
    // Who gives a name and no action wants the state named.
    named.put("action", action == null && name != null ? "create" : action);
    named.put("as", asCollection);
    named.put("age", age);
    named.put("to", toFolder);
    named.put("from", fromFolder);
    return run(collection, named, options, wait);
  }
}
