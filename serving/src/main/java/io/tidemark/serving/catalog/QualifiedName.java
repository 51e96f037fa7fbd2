package io.tidemark.serving.catalog;

/** A collection's or alias's name within its database. */
record QualifiedName(String database, String name) {
  @Override
  public String toString() {
    return database + "/" + name;
  }
}
