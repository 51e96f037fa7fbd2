/** The list of index families that there are. */
@NullMarked
package io.tidemark.engine.index.family;

import org.jspecify.annotations.NullMarked;
