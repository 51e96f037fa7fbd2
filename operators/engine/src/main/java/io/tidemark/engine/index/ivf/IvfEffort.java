package io.tidemark.engine.index.ivf;

/**
 * How hard an inverted file is searched.
 *
 * @param nprobe lists read at least
 * @param candidates rows kept by their codes, to be scored by their vectors; 0 where lists have no
 *     codes
 * @param queryBits of a query's coordinate, for signs
 * @param emptyListsMax after this many lists without a row in the range a range search ends
 * @param codeCost of scoring a code, in rows of an exact scan
 */
record IvfEffort(int nprobe, int candidates, int queryBits, int emptyListsMax, double codeCost) {}
