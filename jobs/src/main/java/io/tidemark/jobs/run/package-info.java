/** What every batch job has in common: how it is asked for, run, watched and reported. */
@NullMarked
package io.tidemark.jobs.run;

import org.jspecify.annotations.NullMarked;
