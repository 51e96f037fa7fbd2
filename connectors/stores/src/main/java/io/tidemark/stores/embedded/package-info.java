/**
 * A Kafka broker inside this process, for standalone and for tests; needs kafka_2.13 on the class
 * path.
 */
@NullMarked
package io.tidemark.stores.embedded;

import org.jspecify.annotations.NullMarked;
