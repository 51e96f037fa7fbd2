/** Embedding models that run on this machine. */
@NullMarked
package io.tidemark.embed;

import org.jspecify.annotations.NullMarked;
