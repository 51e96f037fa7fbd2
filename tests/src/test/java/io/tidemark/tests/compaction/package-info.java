/** Reads before, during and after their rows are compacted. */
@NullMarked
package io.tidemark.tests.compaction;

import org.jspecify.annotations.NullMarked;
