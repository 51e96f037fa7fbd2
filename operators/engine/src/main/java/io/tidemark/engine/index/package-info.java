/**
 * Vector indexes over row ordinals: search parameters, the graph's builder, its file format and its
 * search.
 */
@NullMarked
package io.tidemark.engine.index;

import org.jspecify.annotations.NullMarked;
