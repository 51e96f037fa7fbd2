/** What the growth benchmark's figures rest on. */
@NullMarked
package io.tidemark.tests.benchmark.growth;

import org.jspecify.annotations.NullMarked;
