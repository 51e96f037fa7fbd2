/** The coordinator's functions, pure ones: what they decide, remember and tell each other. */
@NullMarked
package io.tidemark.jobs.coordinate.function;

import org.jspecify.annotations.NullMarked;
