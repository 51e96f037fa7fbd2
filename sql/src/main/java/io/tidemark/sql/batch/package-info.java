/** Concurrent calls of Flink's asynchronous functions, sent together. */
@NullMarked
package io.tidemark.sql.batch;

import org.jspecify.annotations.NullMarked;
