package io.tidemark.serving.read.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheSpaceTest {
  @TempDir private Path folder;

  private Path file(String name, int bytes, long usedMs) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[bytes]);
    Files.setLastModifiedTime(file, FileTime.fromMillis(usedMs));
    return file;
  }

  @Test
  void filesUsedLongestAgoMakeRoom() throws IOException {
    Path old = file("1/old", 40, 1_000);
    Path older = file("1/older", 40, 500);
    CacheSpace space = CacheSpace.open(folder, 100);
    assertThat(space.bytes()).isEqualTo(80);

    assertThat(space.makeRoom(20)).isTrue();
    assertThat(older).exists();
    space.used(older);
    assertThat(space.makeRoom(60)).isTrue();

    assertThat(old).doesNotExist();
    assertThat(older).exists();
    assertThat(space.bytes()).isEqualTo(40);
    assertThat(space.evictions()).isEqualTo(1);
  }

  @Test
  void whatAnotherProcessLeftOverTheBoundGoesAtTheStartAndHalfWrittenFilesWithIt()
      throws IOException {
    Path old = file("1/old", 60, 1_000);
    Path recent = file("2/recent", 60, 2_000);
    Path torn = file("2/new.123.tmp", 60, 3_000);

    CacheSpace space = CacheSpace.open(folder, 100);

    assertThat(old).doesNotExist();
    assertThat(torn).doesNotExist();
    assertThat(recent).exists();
    assertThat(space.bytes()).isEqualTo(60);
  }

  @Test
  void heldFoldersAndFilesBeingReadStay() throws IOException {
    Path held = file("1/held", 40, 1_000);
    Path read = file("2/read", 40, 2_000);
    CacheSpace space = CacheSpace.open(folder, 100);
    space.hold(held.getParent());
    space.pin(read);

    assertThat(space.makeRoom(100)).isFalse();
    assertThat(held).exists();
    assertThat(read).exists();

    space.unpin(read);
    space.letGo(held.getParent());
    assertThat(space.makeRoom(100)).isTrue();
    assertThat(held).doesNotExist();
    assertThat(read).doesNotExist();
  }
}
