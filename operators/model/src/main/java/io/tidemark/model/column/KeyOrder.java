package io.tidemark.model.column;

import java.util.Comparator;

/**
 * The order of primary keys, and of texts anywhere: numbers by value, texts by code points, which
 * is the order of their UTF-8 bytes. {@link String#compareTo} has another one, where characters
 * beyond the first plane come before some of it. Stateless.
 */
public final class KeyOrder implements Comparator<Object> {
  public static final KeyOrder INSTANCE = new KeyOrder();

  private KeyOrder() {}

  /**
   * @param a a Long or a String
   * @param b of the same type
   */
  @Override
  public int compare(Object a, Object b) {
    return a instanceof Long left && b instanceof Long right
        ? Long.compare(left, right)
        : compareTexts(a.toString(), b.toString());
  }

  public static int compareTexts(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        boolean isBeyond = Character.isSurrogate(left);
        return isBeyond == Character.isSurrogate(right)
            ? Character.compare(left, right)
            : isBeyond ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
