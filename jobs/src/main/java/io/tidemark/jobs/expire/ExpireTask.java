package io.tidemark.jobs.expire;

/**
 * Expire what one collection's table and indexes hold too long.
 *
 * @param nowMs when the run began, milliseconds since the epoch
 * @param settledMs up to when everything in the collection's log was committed, or will never be;
 *     as of before the task was made
 */
public record ExpireTask(long collectionId, long nowMs, long settledMs) {}
