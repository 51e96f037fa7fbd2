/** Tidemark as a catalog of Flink: databases and collections as databases and tables. */
@NullMarked
package io.tidemark.sql.catalog;

import org.jspecify.annotations.NullMarked;
