package io.tidemark.stores.lake;

/** Spellings of one file's location. Stateless. */
public final class Locations {
  private Locations() {}

  /**
   * The same for all spellings of a location: other engines write {@code file:/a}, {@code
   * file:///a} or {@code /a} for one file, and {@code s3:} for {@code s3a:}. Only to be compared.
   */
  public static String normal(String location) {
    String path = location.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*:", "");
    return location.startsWith("file:") ? path.replaceFirst("^/+", "/") : path;
  }
}
