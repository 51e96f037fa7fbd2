package io.tidemark.standalone.jobs;

import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;

/** Names of collections by their ids, without asking the lake. */
public record CollectionNames(ControlStore control) {
  /** {@code DATABASE.NAME}; the id in decimal if it was dropped. */
  public String of(long id) {
    return control
        .get(ControlKeys.COLLECTION + id)
        .filter(name -> !name.equals(ControlKeys.DROPPED))
        .map(name -> name.replace('/', '.'))
        .orElseGet(() -> Long.toString(id));
  }
}
