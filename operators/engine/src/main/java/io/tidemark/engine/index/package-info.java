/**
 * Vector indexes over row ordinals: what a family of them is, its parameters, what it builds and
 * what searches ask of it. Each family has a package of its own below.
 */
@NullMarked
package io.tidemark.engine.index;

import org.jspecify.annotations.NullMarked;
