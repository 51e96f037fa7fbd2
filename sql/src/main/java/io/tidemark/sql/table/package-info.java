/** Collections as tables of Flink SQL: what the connector {@code tidemark} reads and writes. */
@NullMarked
package io.tidemark.sql.table;

import org.jspecify.annotations.NullMarked;
