/** The table {@code tidemark.segments}: which index files exist over which data files. */
@NullMarked
package io.tidemark.stores.registry;

import org.jspecify.annotations.NullMarked;
