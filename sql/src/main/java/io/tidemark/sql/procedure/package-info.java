/** Maintenance as procedures of the catalog's database {@code sys}, run by the server. */
@NullMarked
package io.tidemark.sql.procedure;

import org.jspecify.annotations.NullMarked;
