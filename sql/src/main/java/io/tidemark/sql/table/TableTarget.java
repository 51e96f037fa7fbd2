package io.tidemark.sql.table;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import org.apache.flink.table.catalog.ResolvedSchema;

/**
 * The collection behind a table.
 *
 * @param collection as the table names it, perhaps an alias
 * @param description as the server described it when the statement was planned
 * @param schema of the table: its physical columns are fields, perhaps not all and in another order
 */
public record TableTarget(
    Endpoint endpoint,
    String database,
    String collection,
    CollectionDescription description,
    ResolvedSchema schema) {}
