package io.tidemark.jobs.coordinate.observe;

import io.tidemark.jobs.coordinate.function.Functions;
import io.tidemark.jobs.coordinate.function.Message;
import io.tidemark.jobs.coordinate.host.Envelope;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** How far the pchannels are committed. */
final class ChannelLook {
  private final ControlStore control;
  private final int pchannels;
  private final Map<Integer, Long> told = new HashMap<>();

  ChannelLook(ControlStore control, int pchannels) {
    this.control = control;
    this.pchannels = pchannels;
  }

  void look(Consumer<byte[]> changes) {
    for (int pchannel = 0; pchannel < pchannels; pchannel++) {
      long watermark = control.get(ControlKeys.POSITION + pchannel).map(Long::parseLong).orElse(0L);
      Long before = told.put(pchannel, watermark);
      if (before == null || before != watermark) {
        changes.accept(
            Envelope.of(
                Functions.CHANNEL,
                Integer.toString(pchannel),
                Message.TYPE,
                new Message.ChannelSeen(pchannel, watermark)));
      }
    }
  }
}
