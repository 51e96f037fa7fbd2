/** Reading and writing the checksummed bytes of indexes. */
@NullMarked
package io.tidemark.engine.index.blob;

import org.jspecify.annotations.NullMarked;
