/** Vector search in SQL: Flink's VECTOR_SEARCH and functions of ours, through the gRPC endpoint. */
@NullMarked
package io.tidemark.sql.search;

import org.jspecify.annotations.NullMarked;
