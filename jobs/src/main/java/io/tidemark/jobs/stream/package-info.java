/** What the jobs that never end have in common: settings, checkpoints, arguments, supervision. */
@NullMarked
package io.tidemark.jobs.stream;

import org.jspecify.annotations.NullMarked;
