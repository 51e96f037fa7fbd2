/** Copies of a collection's state: as another collection, into a folder, and back from one. */
@NullMarked
package io.tidemark.stores.backup;

import org.jspecify.annotations.NullMarked;
