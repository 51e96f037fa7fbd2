/**
 * Graph builders in native code, found at run time as services of {@link
 * io.tidemark.engine.index.graph.GraphBuilder}: one on a GPU, and its twin on the CPU. The
 * library's interface is {@code src/main/cpp/tidemark_gpu.h}.
 */
@NullMarked
package io.tidemark.gpu;

import org.jspecify.annotations.NullMarked;
