/**
 * The columns of data files on local disk, mapped: what reads take values from instead of Parquet.
 */
@NullMarked
package io.tidemark.serving.read.cache;

import org.jspecify.annotations.NullMarked;
