/** Which files of a collection are worth rewriting together. */
@NullMarked
package io.tidemark.engine.compaction;

import org.jspecify.annotations.NullMarked;
