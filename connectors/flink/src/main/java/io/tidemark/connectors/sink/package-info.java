/**
 * Writes a Flink stream into a collection through the gRPC endpoint: in batches by shard, in order
 * per key, and with everything acknowledged before a checkpoint is.
 */
@NullMarked
package io.tidemark.connectors.sink;

import org.jspecify.annotations.NullMarked;
