/** That all peers answer what they are asked. */
@NullMarked
package io.tidemark.tests.benchmark.peers;

import org.jspecify.annotations.NullMarked;
