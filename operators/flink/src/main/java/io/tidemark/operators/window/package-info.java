/** Cuts the log of each vchannel into windows, TimeTick by TimeTick. */
@NullMarked
package io.tidemark.operators.window;

import org.jspecify.annotations.NullMarked;
