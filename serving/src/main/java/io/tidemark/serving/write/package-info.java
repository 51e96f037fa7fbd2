/** Inserts, upserts, deletes and flushes on their way to the channel writers. */
@NullMarked
package io.tidemark.serving.write;

import org.jspecify.annotations.NullMarked;
