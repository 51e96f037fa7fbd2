/**
 * Milvus's messages to and from the model: schemas, columns, keys, templates, parameters, errors.
 */
@NullMarked
package io.tidemark.serving.wire;

import org.jspecify.annotations.NullMarked;
