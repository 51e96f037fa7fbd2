/** The batch job that merges files, applies deletes and clusters: plan, run, commit. */
@NullMarked
package io.tidemark.jobs.compact;

import org.jspecify.annotations.NullMarked;
