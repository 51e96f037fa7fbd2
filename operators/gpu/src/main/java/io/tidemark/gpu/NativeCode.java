package io.tidemark.gpu;

/** Codes of the native library; {@code enum tdm_code}. */
enum NativeCode {
  OK,
  BAD_ARGUMENT,
  BAD_VECTOR,
  NO_DEVICE,
  OUT_OF_MEMORY,
  CANCELLED,
  DEVICE_FAILED,
  UNSUPPORTED,
  INTERNAL;

  private static final NativeCode[] ALL = values();

  static NativeCode of(int code) {
    return code >= 0 && code < ALL.length ? ALL[code] : INTERNAL;
  }
}
