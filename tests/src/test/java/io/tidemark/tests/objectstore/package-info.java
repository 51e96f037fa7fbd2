/**
 * The lake on an object store and its catalog in PostgreSQL, while they fail, stall and go away.
 */
@NullMarked
package io.tidemark.tests.objectstore;

import org.jspecify.annotations.NullMarked;
