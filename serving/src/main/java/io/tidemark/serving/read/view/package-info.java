/** What a read sees: sealed and growing rows and which of them are alive, from one moment. */
@NullMarked
package io.tidemark.serving.read.view;

import org.jspecify.annotations.NullMarked;
