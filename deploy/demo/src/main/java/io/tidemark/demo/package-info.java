/**
 * A reverse dictionary on WordNet's nouns: the whole path on real input, through the stock Milvus
 * SDK.
 */
@NullMarked
package io.tidemark.demo;

import org.jspecify.annotations.NullMarked;
