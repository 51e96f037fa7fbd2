/** A Tidemark in a process of its own, for tests that talk to it like a user or kill it. */
@NullMarked
package io.tidemark.tests.process;

import org.jspecify.annotations.NullMarked;
