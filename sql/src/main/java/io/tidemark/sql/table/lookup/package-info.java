/** Lookup joins: rows of a collection by their keys, through the server. */
@NullMarked
package io.tidemark.sql.table.lookup;

import org.jspecify.annotations.NullMarked;
