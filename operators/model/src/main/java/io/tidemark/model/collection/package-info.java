/** A collection as the whole system knows it: identity, schema, shards, partitions, indexes. */
@NullMarked
package io.tidemark.model.collection;

import org.jspecify.annotations.NullMarked;
