/** Flink SQL and DataStream programs on a MiniCluster against a running Tidemark. */
@NullMarked
package io.tidemark.tests.sql;

import org.jspecify.annotations.NullMarked;
