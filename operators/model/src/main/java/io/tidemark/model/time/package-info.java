/** Hybrid timestamps and the clock that gives them out. */
@NullMarked
package io.tidemark.model.time;

import org.jspecify.annotations.NullMarked;
