/** Tidemark's engine, raw jvector and Lucene over the same vectors, in one process and in turns. */
@NullMarked
package io.tidemark.tests.benchmark.peers;

import org.jspecify.annotations.NullMarked;
