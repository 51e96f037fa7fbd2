/** The same rows seen through the lake, with plain Iceberg. */
@NullMarked
package io.tidemark.tests.lakehouse;

import org.jspecify.annotations.NullMarked;
