/**
 * Inverted files: vectors in lists by their nearest centroid, of which a search reads the few
 * nearest to its query, over the vectors themselves or over codes of them.
 */
@NullMarked
package io.tidemark.engine.index.ivf;

import org.jspecify.annotations.NullMarked;
