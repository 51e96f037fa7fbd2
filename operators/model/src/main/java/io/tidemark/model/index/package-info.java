/** Index types, metrics and index definitions. */
@NullMarked
package io.tidemark.model.index;

import org.jspecify.annotations.NullMarked;
