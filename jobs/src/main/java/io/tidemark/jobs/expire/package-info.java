/** Removing what nobody can ask for any more: rows, snapshots, files, log, control state. */
@NullMarked
package io.tidemark.jobs.expire;

import org.jspecify.annotations.NullMarked;
