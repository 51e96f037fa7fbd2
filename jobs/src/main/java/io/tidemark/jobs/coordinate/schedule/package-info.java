/** When jobs run by the clock: one file, parsed and checked. */
@NullMarked
package io.tidemark.jobs.coordinate.schedule;

import org.jspecify.annotations.NullMarked;
