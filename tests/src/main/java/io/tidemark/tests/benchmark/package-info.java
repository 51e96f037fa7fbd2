/** Measurements against any Milvus-protocol server; not part of the tests. */
@NullMarked
package io.tidemark.tests.benchmark;

import org.jspecify.annotations.NullMarked;
