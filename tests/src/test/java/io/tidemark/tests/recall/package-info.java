/** How many of the true nearest rows a search finds, on real vectors. */
@NullMarked
package io.tidemark.tests.recall;

import org.jspecify.annotations.NullMarked;
