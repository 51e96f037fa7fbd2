/** Promises under fault, held against a client's journal of acknowledged operations. */
@NullMarked
package io.tidemark.tests.faults;

import org.jspecify.annotations.NullMarked;
