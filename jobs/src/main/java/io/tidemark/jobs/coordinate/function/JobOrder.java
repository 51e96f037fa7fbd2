package io.tidemark.jobs.coordinate.function;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.run.JobRequest;
import java.nio.charset.StandardCharsets;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;

/** What slots tells the launcher; JSON like {@link Message}. Each may arrive more than once. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JobOrder.Queued.class, name = "queued"),
  @JsonSubTypes.Type(value = JobOrder.Launch.class, name = "launch"),
  @JsonSubTypes.Type(value = JobOrder.Stop.class, name = "stop"),
})
public sealed interface JobOrder {
  TypeName EGRESS = TypeName.typeNameOf("tidemark", "jobs");

  Type<JobOrder> TYPE =
      SimpleType.simpleImmutableTypeFrom(
          TypeName.typeNameFromString("io.tidemark/job-order"),
          order -> RecordJson.write(order).getBytes(StandardCharsets.UTF_8),
          bytes -> RecordJson.read(new String(bytes, StandardCharsets.UTF_8), JobOrder.class));

  JobRequest request();

  /** It waits. */
  record Queued(JobRequest request) implements JobOrder {}

  /** Run it, unless it runs or has ended. */
  record Launch(JobRequest request) implements JobOrder {}

  /** Stop it, or if it does not run, see that it never will. */
  record Stop(JobRequest request, String reason) implements JobOrder {}
}
