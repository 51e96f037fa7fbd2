/**
 * Databases, collections, aliases, partitions, indexes and load state by name, and the changes to
 * them.
 */
@NullMarked
package io.tidemark.serving.catalog;

import org.jspecify.annotations.NullMarked;
