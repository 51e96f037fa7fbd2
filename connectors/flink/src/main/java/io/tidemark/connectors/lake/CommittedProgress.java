package io.tidemark.connectors.lake;

/**
 * Everything at or below {@code timestamp} that one window task sent through one committer is
 * committed.
 *
 * @param timestamp hybrid
 * @param windowTask from 0
 * @param windowTasks how many there are
 * @param committer from 0
 * @param committers how many there are
 * @param prompt whether somebody waits for it
 */
public record CommittedProgress(
    long timestamp,
    int windowTask,
    int windowTasks,
    int committer,
    int committers,
    boolean prompt) {}
