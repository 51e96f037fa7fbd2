/** The stock Node SDK's tests, run from here and reported one by one. */
@NullMarked
package io.tidemark.tests.node;

import org.jspecify.annotations.NullMarked;
