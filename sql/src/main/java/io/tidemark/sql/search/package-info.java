/** Vector search in SQL: Flink's VECTOR_SEARCH and TIDEMARK_SEARCH, through the gRPC endpoint. */
@NullMarked
package io.tidemark.sql.search;

import org.jspecify.annotations.NullMarked;
