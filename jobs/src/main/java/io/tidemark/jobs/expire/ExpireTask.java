package io.tidemark.jobs.expire;

/**
 * Expire what one collection's table and indexes hold too long.
 *
 * @param nowMs when the run began, milliseconds since the epoch
 * @param rowsNowMs the time by which rows' ages are told: the log's, by which they were stamped and
 *     are read, however wrong the clock of the machine that runs this
 * @param settledMs up to when everything in the collection's log was committed, or will never be;
 *     as of before the task was made
 */
public record ExpireTask(long collectionId, long nowMs, long rowsNowMs, long settledMs) {}
