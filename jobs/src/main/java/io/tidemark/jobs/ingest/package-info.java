/** The streaming job that turns the log into tables. */
@NullMarked
package io.tidemark.jobs.ingest;

import org.jspecify.annotations.NullMarked;
