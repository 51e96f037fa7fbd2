package io.tidemark.demo;

/**
 * One noun of WordNet.
 *
 * @param id its offset in WordNet's data file: stable, unique among nouns
 * @param words the words that share the meaning, joined by commas
 * @param text what they mean, without the examples
 * @param uses how often the words were counted in WordNet's tagged texts with this meaning
 */
record Gloss(long id, String words, String text, int uses) {}
