/** What the coordinator writes down for others to read: jobs, and states as they change. */
@NullMarked
package io.tidemark.jobs.coordinate.record;

import org.jspecify.annotations.NullMarked;
