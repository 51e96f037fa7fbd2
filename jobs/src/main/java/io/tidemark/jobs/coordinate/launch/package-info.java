/** Runs the jobs that the functions decided on, and writes down how far they are. */
@NullMarked
package io.tidemark.jobs.coordinate.launch;

import org.jspecify.annotations.NullMarked;
