/** What a window of the log comes to. */
@NullMarked
package io.tidemark.engine.window;

import org.jspecify.annotations.NullMarked;
