/** The batch job that builds vector indexes for sealed segments: plan, run, commit. */
@NullMarked
package io.tidemark.jobs.index;

import org.jspecify.annotations.NullMarked;
