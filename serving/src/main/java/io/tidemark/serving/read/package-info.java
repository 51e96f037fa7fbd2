/**
 * Loads collections, follows table and log, and answers searches and queries from immutable views.
 */
@NullMarked
package io.tidemark.serving.read;

import org.jspecify.annotations.NullMarked;
