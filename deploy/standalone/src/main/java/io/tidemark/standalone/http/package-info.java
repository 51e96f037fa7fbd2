/** The HTTP port: health, status, metrics, administration. */
@NullMarked
package io.tidemark.standalone.http;

import org.jspecify.annotations.NullMarked;
