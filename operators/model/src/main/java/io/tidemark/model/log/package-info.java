/** The records of the data log, and their bytes. */
@NullMarked
package io.tidemark.model.log;

import org.jspecify.annotations.NullMarked;
