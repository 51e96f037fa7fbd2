/** The jar that a Flink of its own takes into its {@code lib/}. */
@NullMarked
package io.tidemark.standalone.connector;

import org.jspecify.annotations.NullMarked;
