/** The gRPC service that speaks Milvus's protocol: one class per group of calls. */
@NullMarked
package io.tidemark.serving.rpc;

import org.jspecify.annotations.NullMarked;
