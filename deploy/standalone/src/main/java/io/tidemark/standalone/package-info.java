/** Everything in one process: broker, Flink, lake and serving, wired together. */
@NullMarked
package io.tidemark.standalone;

import org.jspecify.annotations.NullMarked;
