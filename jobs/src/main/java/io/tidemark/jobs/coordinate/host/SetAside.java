package io.tidemark.jobs.coordinate.host;

/**
 * A message that its function could not take.
 *
 * @param target {@code NAMESPACE/TYPE/ID}
 * @param reason what the function threw
 * @param envelope the message in base 64, the first 64 KiB of it
 * @param timeMs wall clock
 */
public record SetAside(String target, String reason, String envelope, long timeMs) {}
