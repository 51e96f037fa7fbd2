package io.tidemark.tests.benchmark.peers;

/**
 * A peer that is ready.
 *
 * @param buildCpuSeconds of this process, that of the peer it starts from included
 */
record BuiltPeer(PeerKind kind, Peer peer, double buildCpuSeconds) {}
