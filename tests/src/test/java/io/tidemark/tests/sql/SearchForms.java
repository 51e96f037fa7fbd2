package io.tidemark.tests.sql;

import java.util.List;

/** Forms of VECTOR_SEARCH, as docs/sql/search.md shows them. */
final class SearchForms {
  private static final String SEARCH = "VECTOR_SEARCH(TABLE %s, DESCRIPTOR(v), qv, 3)";

  private SearchForms() {}

  /**
   * @param vector a constant
   */
  static List<String> planned(String table, String vector) {
    String search = SEARCH.formatted(table);
    String constant = search.replace("qv", vector);
    return List.of(
        "SELECT * FROM q, LATERAL TABLE(" + search + ")",
        "SELECT * FROM q CROSS JOIN LATERAL TABLE(" + search + ")",
        "SELECT * FROM q JOIN LATERAL TABLE(" + search + ") ON TRUE",
        "SELECT * FROM q LEFT JOIN LATERAL TABLE(" + search + ") ON TRUE",
        "SELECT qid, COUNT(*), MIN(score) FROM q, LATERAL TABLE(" + search + ") GROUP BY qid",
        "SELECT * FROM (SELECT qid, AS_VECTOR(qv) AS qv FROM holed WHERE qv IS NOT NULL), LATERAL TABLE("
            + search
            + ")",
        "SELECT * FROM (SELECT qid, VECTOR_NORMALIZE(qv) AS qv FROM q), LATERAL TABLE("
            + search
            + ")",
        "SELECT * FROM q, LATERAL TABLE(VECTOR_SEARCH(SEARCH_TABLE => TABLE "
            + table
            + ", COLUMN_TO_SEARCH => DESCRIPTOR(v), COLUMN_TO_QUERY => qv, TOP_K => 3, CONFIG => MAP['filter', 'year > 10']))",
        "SELECT * FROM q, LATERAL TABLE(" + search.replace("3)", "3, MAP['async', 'true'])") + ")",
        "SELECT * FROM TABLE(" + constant + ")",
        "SELECT * FROM " + constant,
        "SELECT * FROM q, LATERAL TABLE("
            + search.replace("TABLE " + table, "(SELECT id, v FROM " + table + ")")
            + ")",
        "SELECT * FROM q, LATERAL TABLE(" + search + ") WHERE score > qid");
  }

  static List<String> refused(String table) {
    String search = SEARCH.formatted(table);
    return List.of(
        "SELECT * FROM q, LATERAL TABLE(" + search + ") AS s",
        "SELECT * FROM holed, LATERAL TABLE(" + search + ")",
        "SELECT * FROM q, LATERAL TABLE(" + search + ") WHERE score > 1",
        "SELECT * FROM q, LATERAL TABLE(" + search.replace("qv", "VECTOR_NORMALIZE(qv)") + ")",
        "SELECT * FROM q, LATERAL TABLE(" + search.replace("qv", "ARRAY[1e0, 2e0]") + ")",
        "SELECT * FROM q, LATERAL TABLE(" + search.replace("3)", "qid)") + ")",
        "SELECT * FROM q, LATERAL TABLE("
            + search.replace("TABLE " + table, "(SELECT * FROM " + table + " WHERE `year` > 10)")
            + ")",
        "SELECT * FROM q WHERE EXISTS (SELECT 1 FROM LATERAL TABLE("
            + search
            + ") WHERE score < 0.1)");
  }
}
