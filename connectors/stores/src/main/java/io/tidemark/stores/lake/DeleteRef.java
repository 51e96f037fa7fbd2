package io.tidemark.stores.lake;

/**
 * A delete file.
 *
 * @param path location; deletion vectors of several data files may share one
 * @param sequenceNumber the data sequence number: hits data files with a smaller one
 * @param rows deleted keys or positions in it
 * @param byPrimaryKey whether it is an equality delete on just the primary key; {@link
 *     LakeTable#equalityDeleteKeys} reads those, {@link LakeTable#positionDeleted} applies the rest
 */
public record DeleteRef(String path, long sequenceNumber, long rows, boolean byPrimaryKey) {}
