package io.tidemark.model.embedding;

import io.tidemark.model.error.TidemarkException;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** All models that the class path offers. Stateless. */
public final class Embedders {
  private Embedders() {}

  /**
   * Finds a model's provider; loads nothing.
   *
   * @param model in any case
   * @throws TidemarkException INVALID_PARAMETER if nobody offers it; the message names those there
   *     are
   */
  public static EmbedderProvider of(String model) {
    TreeSet<String> known = new TreeSet<>();
    for (EmbedderProvider provider :
        ServiceLoader.load(EmbedderProvider.class, Embedders.class.getClassLoader())) {
      if (provider.models().contains(model.toLowerCase(Locale.ROOT))) {
        return provider;
      }
      known.addAll(provider.models());
    }
    throw TidemarkException.invalid(
        "no embedding model is called '" + model + "'; the class path offers " + known);
  }

  /** Loads a model. */
  public static Embedder open(String model) {
    return of(model).open(model.toLowerCase(Locale.ROOT));
  }
}
