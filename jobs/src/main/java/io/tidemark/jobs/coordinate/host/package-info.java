/** Functions of the StateFun SDK in an operator of a Flink job of any version. */
@NullMarked
package io.tidemark.jobs.coordinate.host;

import org.jspecify.annotations.NullMarked;
