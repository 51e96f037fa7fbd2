/**
 * The log on Kafka: its topics, the writers that give out timestamps, and the tails that follow it.
 */
@NullMarked
package io.tidemark.stores.log;

import org.jspecify.annotations.NullMarked;
