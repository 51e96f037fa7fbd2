/** What can be asked over HTTP of searches: how they were done, and what they find. */
@NullMarked
package io.tidemark.standalone.search;

import org.jspecify.annotations.NullMarked;
