/** The command line. */
@NullMarked
package io.tidemark.standalone.cli;

import org.jspecify.annotations.NullMarked;
