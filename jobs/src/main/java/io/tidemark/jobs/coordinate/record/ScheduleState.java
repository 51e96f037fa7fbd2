package io.tidemark.jobs.coordinate.record;

/**
 * When a schedule ran and will run; JSON under {@code state/schedule/NAME}.
 *
 * @param lastMs wall clock: when it was due last, or when it was set first
 * @param nextMs when it is due next
 * @param runs how many times it was due; 0 for never
 * @param failures in a row
 * @param message how the last run ended, if not well
 */
public record ScheduleState(
    String name, String kind, long lastMs, long nextMs, long runs, int failures, String message) {}
