package io.tidemark.stores.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * What tells a file's bytes.
 *
 * @param sha256 of all bytes, in hex
 */
public record Digest(long bytes, String sha256) {
  private static final int BUFFER_BYTES = 1 << 20;

  /**
   * Copies a file; one that is there is replaced.
   *
   * @throws UncheckedIOException if it cannot be read or written
   */
  static Digest copy(InputFile from, OutputFile to) {
    MessageDigest sha = newSha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream in = from.newStream();
        OutputStream out = to.createOrOverwrite()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha.update(buffer, 0, read);
        out.write(buffer, 0, read);
        bytes += read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Could not copy " + from.location() + " to " + to.location(), e);
    }
    return new Digest(bytes, HexFormat.of().formatHex(sha.digest()));
  }

  static Digest of(InputFile file) {
    MessageDigest sha = newSha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream in = file.newStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha.update(buffer, 0, read);
        bytes += read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + file.location(), e);
    }
    return new Digest(bytes, HexFormat.of().formatHex(sha.digest()));
  }

  static String of(String text) {
    return HexFormat.of().formatHex(newSha256().digest(text.getBytes(UTF_8)));
  }

  /**
   * @throws TidemarkException UNEXPECTED if {@code found} is another file's
   */
  void require(Digest found, String location) {
    if (!equals(found)) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED,
          "%s is not the file that was backed up: it has %d bytes with SHA-256 %s, the backup says %d bytes with %s; take another copy of the backup"
              .formatted(location, found.bytes, found.sha256, bytes, sha256));
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
