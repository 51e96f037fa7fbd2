/** What stands behind a collection, as tables to read: {@code collection$segments} and others. */
@NullMarked
package io.tidemark.sql.system;

import org.jspecify.annotations.NullMarked;
