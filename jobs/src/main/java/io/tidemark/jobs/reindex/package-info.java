/** Another index beside the one in use: built, compared, switched to, rolled back. */
@NullMarked
package io.tidemark.jobs.reindex;

import org.jspecify.annotations.NullMarked;
