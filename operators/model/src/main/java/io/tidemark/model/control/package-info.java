/** Small durable control state. */
@NullMarked
package io.tidemark.model.control;

import org.jspecify.annotations.NullMarked;
