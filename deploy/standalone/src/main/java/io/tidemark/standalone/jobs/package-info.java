/** Batch jobs as users ask for them over HTTP. */
@NullMarked
package io.tidemark.standalone.jobs;

import org.jspecify.annotations.NullMarked;
