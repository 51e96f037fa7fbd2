/** The port to models that turn texts into vectors. */
@NullMarked
package io.tidemark.model.embedding;

import org.jspecify.annotations.NullMarked;
