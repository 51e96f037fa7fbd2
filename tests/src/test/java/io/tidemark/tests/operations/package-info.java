/**
 * What operators see and do: status, metrics, batch jobs by hand, jobs on a cluster of their own.
 */
@NullMarked
package io.tidemark.tests.operations;

import org.jspecify.annotations.NullMarked;
