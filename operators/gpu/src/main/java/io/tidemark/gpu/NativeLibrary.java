package io.tidemark.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The functions of {@code tidemark_gpu.h}, of one library. It stays loaded until the JVM ends. Safe
 * for concurrent use.
 */
@SuppressWarnings("restricted") // calling native code is what it is for
final class NativeLibrary {
  /** {@code TDM_VERSION} that this class was written for. */
  static final int VERSION = 1;

  static final StructLayout PARAMS =
      MemoryLayout.structLayout(
          JAVA_INT.withName("version"),
          JAVA_INT.withName("space"),
          JAVA_LONG.withName("count"),
          JAVA_INT.withName("dimension"),
          JAVA_INT.withName("bottom_degree"),
          JAVA_INT.withName("upper_degree"),
          JAVA_INT.withName("threads"),
          JAVA_FLOAT.withName("alpha"),
          JAVA_INT.withName("device"),
          JAVA_LONG.withName("host_bytes_max"),
          JAVA_LONG.withName("device_bytes_max"),
          JAVA_LONG.withName("seed"));

  static final StructLayout CONTROL =
      MemoryLayout.structLayout(
          JAVA_INT.withName("cancel"), JAVA_INT.withName("reserved"), JAVA_LONG.withName("done"));

  private static final StructLayout LAYER =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("nodes"),
          JAVA_LONG.withName("edges"),
          ADDRESS.withName("members"),
          ADDRESS.withName("offsets"),
          ADDRESS.withName("neighbours"));

  private static final AddressLayout TEXT =
      ADDRESS.withTargetLayout(
          MemoryLayout.sequenceLayout(64, java.lang.foreign.ValueLayout.JAVA_BYTE));
  private static final int MESSAGE_BYTES = 1024;

  private final String kind;
  private final MethodHandle device;
  private final MethodHandle estimate;
  private final MethodHandle build;
  private final MethodHandle entry;
  private final MethodHandle layers;
  private final MethodHandle layerAt;
  private final MethodHandle free;

  private NativeLibrary(SymbolLookup symbols) {
    this.kind =
        ((MemorySegment) call(handle(symbols, "tdm_kind", FunctionDescriptor.of(TEXT))))
            .getString(0);
    this.device =
        handle(
            symbols, "tdm_device", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
    this.estimate =
        handle(
            symbols,
            "tdm_estimate",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    this.build =
        handle(
            symbols,
            "tdm_build",
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    this.entry = handle(symbols, "tdm_entry", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    this.layers = handle(symbols, "tdm_layers", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    this.layerAt =
        handle(
            symbols, "tdm_layer_at", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
    this.free = handle(symbols, "tdm_free", FunctionDescriptor.ofVoid(ADDRESS));
  }

  /**
   * Loads a library.
   *
   * @throws IOException if there is none, or it is of another version
   */
  static NativeLibrary load(LibraryFile file) throws IOException {
    Path copy = file.copy();
    try {
      SymbolLookup symbols = SymbolLookup.libraryLookup(copy, Arena.global());
      int version = (int) call(handle(symbols, "tdm_version", FunctionDescriptor.of(JAVA_INT)));
      if (version != VERSION) {
        throw new IOException(
            "the native library is of version " + version + ", expected " + VERSION);
      }
      return new NativeLibrary(symbols);
    } catch (IllegalArgumentException e) {
      throw new IOException("the native library cannot be loaded: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(copy); // once mapped, a library lives on without its name
    }
  }

  /** The library's own name for what it is. */
  String kind() {
    return kind;
  }

  /** What a call came to: its code, and what the library says about it. */
  record Answer(NativeCode code, String message) {}

  Answer device(int ordinal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(MESSAGE_BYTES);
      int code = (int) call(device, ordinal, text, (long) MESSAGE_BYTES);
      return new Answer(NativeCode.of(code), text.getString(0));
    }
  }

  /** Writes the host's and the device's bytes to two longs at {@code bytes}. */
  Answer estimate(MemorySegment params, MemorySegment bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(MESSAGE_BYTES);
      int code =
          (int)
              call(estimate, params, bytes, bytes.asSlice(Long.BYTES), text, (long) MESSAGE_BYTES);
      return new Answer(NativeCode.of(code), text.getString(0));
    }
  }

  /** Builds; writes the graph's address to {@code graph}, which {@link #free} takes. */
  Answer build(
      MemorySegment params, MemorySegment vectors, MemorySegment control, MemorySegment graph) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(MESSAGE_BYTES);
      int code = (int) call(build, params, vectors, control, graph, text, (long) MESSAGE_BYTES);
      return new Answer(NativeCode.of(code), text.getString(0));
    }
  }

  int entry(MemorySegment graph) {
    return (int) call(entry, graph);
  }

  int layers(MemorySegment graph) {
    return (int) call(layers, graph);
  }

  /** Members, offsets and neighbours of a layer, copied. */
  int[][] layer(MemorySegment graph, int level) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment layer = arena.allocate(LAYER);
      NativeCode code = NativeCode.of((int) call(layerAt, graph, level, layer));
      if (code != NativeCode.OK) {
        throw new IllegalStateException("layer " + level + " of a graph: " + code);
      }
      long nodes = layer.get(JAVA_LONG, 0);
      return new int[][] {
        ints(layer.get(ADDRESS, 16), nodes),
        ints(layer.get(ADDRESS, 24), nodes + 1),
        ints(layer.get(ADDRESS, 32), layer.get(JAVA_LONG, 8))
      };
    }
  }

  private static int[] ints(MemorySegment address, long count) {
    return address.reinterpret(count * Integer.BYTES).toArray(JAVA_INT);
  }

  void free(MemorySegment graph) {
    call(free, graph);
  }

  private static MethodHandle handle(
      SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
    MemorySegment symbol =
        symbols
            .find(name)
            .orElseThrow(() -> new IllegalArgumentException("it has no function " + name));
    return Linker.nativeLinker().downcallHandle(symbol, descriptor);
  }

  private static Object call(MethodHandle function, Object... arguments) {
    try {
      Object result = function.invokeWithArguments(arguments);
      return result == null ? 0 : result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native function threw", e);
    }
  }
}
