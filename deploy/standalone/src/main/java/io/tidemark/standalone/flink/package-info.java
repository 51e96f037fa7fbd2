/** A Flink cluster in this process. */
@NullMarked
package io.tidemark.standalone.flink;

import org.jspecify.annotations.NullMarked;
