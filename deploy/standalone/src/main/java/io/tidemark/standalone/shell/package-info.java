/** Flink's SQL at a terminal and in scripts, with its gateway in this process. */
@NullMarked
package io.tidemark.standalone.shell;

import org.jspecify.annotations.NullMarked;
