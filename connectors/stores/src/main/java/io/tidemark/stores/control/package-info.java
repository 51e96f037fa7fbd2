/** Control state in a compacted Kafka topic. */
@NullMarked
package io.tidemark.stores.control;

import org.jspecify.annotations.NullMarked;
