/** Collections' fields as Flink's rows see them, in both directions. */
@NullMarked
package io.tidemark.connectors.row;

import org.jspecify.annotations.NullMarked;
