package io.tidemark.standalone.search;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.serving.read.ExplainedSearch;
import io.tidemark.serving.wire.Explanations;
import io.tidemark.standalone.http.HttpEndpoint.Answer;
import io.tidemark.standalone.http.HttpEndpoint.Request;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * {@code GET /admin/explain[?collection=[DATABASE.]NAME]}: the last searches that were sent with
 * {@code explain=true}, the newest first, in JSON as {@link Explanations} has it. For clients that
 * do not show what an answer's status carries. Thread-safe.
 */
public final class ExplainPage {
  private final Supplier<List<ExplainedSearch>> explained;
  private final BiPredicate<String, String> exists;

  /**
   * @param explained the searches, the newest first
   * @param exists whether there is a collection, by database and name
   */
  public ExplainPage(
      Supplier<List<ExplainedSearch>> explained, BiPredicate<String, String> exists) {
    this.explained = explained;
    this.exists = exists;
  }

  public Answer answer(Request request) {
    for (String name : request.parameters().keySet()) {
      if (!name.equals("collection")) {
        return Answer.text(400, "there is no parameter '" + name + "' here; there is collection\n");
      }
    }
    String collection = request.parameters().get("collection");
    if (collection == null) {
      return Answer.json(200, Explanations.json(explained.get()) + "\n");
    }
    int dot = collection.indexOf('.');
    String database = dot < 0 ? CollectionInfo.DEFAULT_DATABASE : collection.substring(0, dot);
    String name = collection.substring(dot + 1);
    if (!exists.test(database, name)) {
      return Answer.text(
          404, "collection not found[database=" + database + "][collection=" + name + "]\n");
    }
    String wanted = database + "." + name;
    List<ExplainedSearch> found =
        explained.get().stream().filter(search -> search.collection().equals(wanted)).toList();
    return Answer.json(200, Explanations.json(found) + "\n");
  }
}
