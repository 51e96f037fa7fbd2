package io.tidemark.sql.procedure;

import io.tidemark.connectors.client.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.procedures.Procedure;

/** The procedures that every Tidemark catalog has. Stateless. */
public final class Procedures {
  /** The database they are called in; it holds nothing else. */
  public static final String DATABASE = "sys";

  private static final Map<String, Function<Endpoint, Procedure>> ALL =
      new TreeMap<>(
          Map.of(
              "build_index", BuildIndexProcedure::new,
              "compact", CompactProcedure::new,
              "reindex", ReindexProcedure::new,
              "rollback", RollbackProcedure::new,
              "expire", ExpireProcedure::new,
              "snapshot", SnapshotProcedure::new));

  private Procedures() {}

  /** Names of those of that database, sorted. */
  public static List<String> names(String database) {
    return database.equals(DATABASE) ? List.copyOf(ALL.keySet()) : List.of();
  }

  public static Optional<Procedure> find(Endpoint endpoint, ObjectPath path) {
    return path.getDatabaseName().equals(DATABASE)
        ? Optional.ofNullable(ALL.get(path.getObjectName())).map(made -> made.apply(endpoint))
        : Optional.empty();
  }
}
