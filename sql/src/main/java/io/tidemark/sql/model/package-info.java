/** Embedding models for Flink's ML_PREDICT. */
@NullMarked
package io.tidemark.sql.model;

import org.jspecify.annotations.NullMarked;
