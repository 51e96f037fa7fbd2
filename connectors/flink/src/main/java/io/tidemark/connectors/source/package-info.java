/**
 * Reads a collection as a Flink stream, out of its lake table and its log: rows as of a moment, and
 * what changes after it.
 */
@NullMarked
package io.tidemark.connectors.source;

import org.jspecify.annotations.NullMarked;
