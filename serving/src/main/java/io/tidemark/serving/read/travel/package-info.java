/** Reads of a collection as of a time gone by: a snapshot of its table, and the log up to then. */
@NullMarked
package io.tidemark.serving.read.travel;

import org.jspecify.annotations.NullMarked;
