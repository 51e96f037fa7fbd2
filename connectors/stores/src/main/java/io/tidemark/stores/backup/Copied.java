package io.tidemark.stores.backup;

/**
 * What was copied.
 *
 * @param rows live ones
 */
public record Copied(long collectionId, int files, long rows, long bytes, int indexes) {}
