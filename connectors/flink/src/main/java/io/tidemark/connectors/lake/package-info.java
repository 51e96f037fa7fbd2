/**
 * Log snapshots on their way into the lake: written as files, committed, and told as the global
 * position.
 */
@NullMarked
package io.tidemark.connectors.lake;

import org.jspecify.annotations.NullMarked;
