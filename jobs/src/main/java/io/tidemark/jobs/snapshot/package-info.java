/** The job that names states of collections, restores them, backs them up and brings them back. */
@NullMarked
package io.tidemark.jobs.snapshot;

import org.jspecify.annotations.NullMarked;
