/**
 * Immutable runs of rows and how one of them is searched: keys, the planner that chooses between
 * exact and graph search, and the merge of many segments' hits.
 */
@NullMarked
package io.tidemark.engine.segment;

import org.jspecify.annotations.NullMarked;
