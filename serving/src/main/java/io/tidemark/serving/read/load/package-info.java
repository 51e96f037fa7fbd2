/** From a snapshot's data, delete and index files to segments in memory. */
@NullMarked
package io.tidemark.serving.read.load;

import org.jspecify.annotations.NullMarked;
