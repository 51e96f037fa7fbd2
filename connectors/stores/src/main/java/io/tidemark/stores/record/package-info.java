/** Records in Iceberg's files, read and written without an engine on the class path. */
@NullMarked
package io.tidemark.stores.record;

import org.jspecify.annotations.NullMarked;
