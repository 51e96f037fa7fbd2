/** The topologies, one job a package. */
@NullMarked
package io.tidemark.jobs;

import org.jspecify.annotations.NullMarked;
