/** Data types, fields and collection schemas. */
@NullMarked
package io.tidemark.model.schema;

import org.jspecify.annotations.NullMarked;
