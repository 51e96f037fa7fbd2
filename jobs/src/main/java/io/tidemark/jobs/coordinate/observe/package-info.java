/** Looks at lake, registry and control store, and tells the functions what has changed there. */
@NullMarked
package io.tidemark.jobs.coordinate.observe;

import org.jspecify.annotations.NullMarked;
