/** Vectors of a new field for the rows that there are, while searches go on. */
@NullMarked
package io.tidemark.jobs.reembed;

import org.jspecify.annotations.NullMarked;
