package io.tidemark.serving.read;

/**
 * What reads of a loaded collection see at one moment.
 *
 * @param sealedSegments in memory, of one snapshot of the table
 * @param sealedRows in them, deleted ones included
 * @param growingRows live ones that are not in that snapshot yet
 * @param liveRows all that a read would find, unless they have outlived a time to live
 * @param rejectedRows of the sealed ones, those that no read may show
 * @param readTimestamp hybrid: everything logged until then is seen
 */
public record ServedRows(
    int sealedSegments,
    long sealedRows,
    long growingRows,
    long liveRows,
    long rejectedRows,
    long readTimestamp) {}
