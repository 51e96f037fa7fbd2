/** Puffin containers whose blobs are written and mapped in place, never held on the heap. */
@NullMarked
package io.tidemark.stores.puffin;

import org.jspecify.annotations.NullMarked;
