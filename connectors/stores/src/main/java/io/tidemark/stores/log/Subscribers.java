package io.tidemark.stores.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The subscriptions of a pchannel at one moment, also by vchannel. Immutable. */
final class Subscribers {
  private record Vchannel(long collectionId, int shard) {}

  private final List<TailSubscription> all;
  private final Map<Vchannel, List<TailSubscription>> byVchannel = new HashMap<>();

  Subscribers(List<TailSubscription> all) {
    this.all = List.copyOf(all);
    for (TailSubscription subscription : all) {
      byVchannel
          .computeIfAbsent(
              new Vchannel(subscription.collectionId(), subscription.shard()),
              vchannel -> new ArrayList<>())
          .add(subscription);
    }
  }

  List<TailSubscription> all() {
    return all;
  }

  List<TailSubscription> of(long collectionId, int shard) {
    return byVchannel.getOrDefault(new Vchannel(collectionId, shard), List.of());
  }

  Subscribers with(TailSubscription added) {
    List<TailSubscription> more = new ArrayList<>(all);
    more.add(added);
    return new Subscribers(more);
  }

  Subscribers without(TailSubscription removed) {
    return new Subscribers(all.stream().filter(subscription -> subscription != removed).toList());
  }
}
