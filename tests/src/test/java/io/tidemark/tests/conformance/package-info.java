/** What a Milvus client may expect, held against a running Tidemark through the stock Java SDK. */
@NullMarked
package io.tidemark.tests.conformance;

import org.jspecify.annotations.NullMarked;
