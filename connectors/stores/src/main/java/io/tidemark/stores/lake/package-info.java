/**
 * Collections as Iceberg tables: catalog, metadata, following snapshots, reading data files, and
 * the commit that moves a table's position.
 */
@NullMarked
package io.tidemark.stores.lake;

import org.jspecify.annotations.NullMarked;
