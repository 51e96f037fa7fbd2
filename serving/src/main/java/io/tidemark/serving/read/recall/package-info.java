/** How much of what exact search finds the served search finds too. */
@NullMarked
package io.tidemark.serving.read.recall;

import org.jspecify.annotations.NullMarked;
