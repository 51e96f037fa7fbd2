/** The data directory: layout, lock, format version. */
@NullMarked
package io.tidemark.standalone.data;

import org.jspecify.annotations.NullMarked;
