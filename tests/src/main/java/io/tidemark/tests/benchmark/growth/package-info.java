/**
 * How a running Tidemark's figures grow with rows, segments and collections, and pictures of it.
 */
@NullMarked
package io.tidemark.tests.benchmark.growth;

import org.jspecify.annotations.NullMarked;
