/** The data log as a Flink source, its ticks as watermarks. */
@NullMarked
package io.tidemark.connectors.log;

import org.jspecify.annotations.NullMarked;
