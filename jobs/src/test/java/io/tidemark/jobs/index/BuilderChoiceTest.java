package io.tidemark.jobs.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.TidemarkException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BuilderChoiceTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setConfiguration(
                  new Configuration()
                      .set(JobManagerOptions.SLOT_REQUEST_TIMEOUT, Duration.ofSeconds(2)))
              .setNumberSlotsPerTaskManager(2)
              .build());

  @Test
  void an_operator_that_gets_no_gpu_builds_on_the_cpu() throws Exception {
    assertThat(names(StreamExecutionEnvironment.getExecutionEnvironment()).executeAndCollect(1))
        .containsExactly("cpu");
  }

  @Test
  void a_cluster_without_gpus_is_told_from_other_failures() {
    SingleOutputStreamOperator<String> names =
        names(StreamExecutionEnvironment.getExecutionEnvironment());
    BuilderChoice.request(GpuUse.TRUE, 64, List.of(names));
    assertThatThrownBy(() -> names.executeAndCollect(1)).matches(BuilderChoice::noWorker);
    assertThat(BuilderChoice.noWorker(new IllegalStateException("the disk is full"))).isFalse();
  }

  private static SingleOutputStreamOperator<String> names(StreamExecutionEnvironment env) {
    return env.fromData(1)
        .rebalance()
        .map(new BuilderName())
        .returns(Types.STRING)
        .setParallelism(1);
  }

  @Test
  void the_cluster_is_asked_for_a_gpu_only_where_that_was_said() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    for (GpuUse use : List.of(GpuUse.AUTO, GpuUse.FALSE)) {
      SingleOutputStreamOperator<Integer> numbers = env.fromData(1).map(n -> n);
      BuilderChoice.request(use, 64, List.of(numbers));
      assertThat(numbers.getTransformation().getSlotSharingGroup()).isEmpty();
    }
  }

  @Test
  void the_device_is_the_one_that_was_given() {
    assertThat(BuilderChoice.device(List.of())).isEmpty();
    assertThat(BuilderChoice.device(List.of(new Device("3")))).hasValue(3);
    assertThat(BuilderChoice.device(List.of(new Device("2"), new Device("1")))).hasValue(1);
    assertThat(BuilderChoice.device(List.of(new Device(null)))).hasValue(0);
  }

  @Test
  void the_option_is_one_of_three_words() {
    assertThat(GpuUse.of("auto")).isEqualTo(GpuUse.AUTO);
    assertThat(GpuUse.of("true")).isEqualTo(GpuUse.TRUE);
    assertThat(GpuUse.of("false")).isEqualTo(GpuUse.FALSE);
    assertThatThrownBy(() -> GpuUse.of("yes"))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("'yes', it must be auto, true or false");
  }

  private static final class BuilderName extends RichMapFunction<Integer, String> {
    private static final long serialVersionUID = 1L;
    private transient String name;

    @Override
    public void open(OpenContext context) {
      name = BuilderChoice.of(GpuUse.TRUE, getRuntimeContext()).name();
    }

    @Override
    public String map(Integer number) {
      return name;
    }
  }

  private record Device(String ordinal) implements ExternalResourceInfo {
    @Override
    public Optional<String> getProperty(String key) {
      return key.equals("index") ? Optional.ofNullable(ordinal) : Optional.empty();
    }

    @Override
    public Collection<String> getKeys() {
      return List.of("index");
    }
  }
}
