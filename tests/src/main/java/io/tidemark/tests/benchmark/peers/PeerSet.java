package io.tidemark.tests.benchmark.peers;

import io.tidemark.tests.benchmark.ProcessUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Peers over one dataset, each built when it is asked for first. */
final class PeerSet implements AutoCloseable {
  private final PeerData data;
  private final Path folder;
  private final List<BuiltPeer> built = new ArrayList<>();

  /**
   * @param folder for files, to be deleted by the caller once this is closed
   */
  PeerSet(PeerData data, Path folder) {
    this.data = data;
    this.folder = folder;
  }

  BuiltPeer get(PeerKind kind) throws Exception {
    for (BuiltPeer peer : built) {
      if (peer.kind() == kind) {
        return peer;
      }
    }
    BuiltPeer basis =
        switch (kind) {
          case TIDEMARK_UNCACHED -> get(PeerKind.TIDEMARK);
          case JVECTOR_FUSED -> get(PeerKind.JVECTOR);
          case LUCENE_UNCACHED -> get(PeerKind.LUCENE);
          case TIDEMARK, JVECTOR, LUCENE, LUCENE_BYTES -> null;
        };
    Path files = Files.createDirectory(folder.resolve(kind.name()));
    double start = ProcessUsage.ownCpuSeconds();
    Peer peer =
        switch (kind) {
          case TIDEMARK -> TidemarkPeer.build(data, files);
          case TIDEMARK_UNCACHED -> ((TidemarkPeer) get(PeerKind.TIDEMARK).peer()).uncached();
          case JVECTOR -> JvectorPeer.build(data);
          case JVECTOR_FUSED ->
              FusedJvectorPeer.build((JvectorPeer) get(PeerKind.JVECTOR).peer(), files);
          case LUCENE -> LucenePeer.build(data, files, false);
          case LUCENE_UNCACHED -> ((LucenePeer) get(PeerKind.LUCENE).peer()).uncached();
          case LUCENE_BYTES -> LucenePeer.build(data, files, true);
        };
    double own = ProcessUsage.ownCpuSeconds() - start;
    BuiltPeer added =
        new BuiltPeer(kind, peer, own + (basis == null ? 0 : basis.buildCpuSeconds()));
    built.add(added);
    return added;
  }

  /** The last first: it may stand on another. */
  @Override
  public void close() throws Exception {
    for (BuiltPeer peer : built.reversed()) {
      peer.peer().close();
    }
  }
}
