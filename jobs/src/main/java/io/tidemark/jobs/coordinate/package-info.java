/** The streaming job that decides which batch jobs run and when, and how it is asked. */
@NullMarked
package io.tidemark.jobs.coordinate;

import org.jspecify.annotations.NullMarked;
