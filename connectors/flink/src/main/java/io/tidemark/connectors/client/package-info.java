/** The way to a running Tidemark: its gRPC endpoint, and where its log and lake are. */
@NullMarked
package io.tidemark.connectors.client;

import org.jspecify.annotations.NullMarked;
