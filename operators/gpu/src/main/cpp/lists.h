// Neighbour lists of one layer while it is built: `degree` keys per point, sorted, NO_KEY behind the last.
#pragma once

#include "backend.h"

namespace tidemark {

struct Lists {
  int64_t count;
  int degree;
  std::vector<Key> keys;

  Lists(int64_t count, int degree) : count(count), degree(degree), keys(size_t(count) * degree, NO_KEY) {}

  Key *of(int64_t i) { return keys.data() + i * degree; }
  const Key *of(int64_t i) const { return keys.data() + i * degree; }

  int size(int64_t i) const { return int(std::find(of(i), of(i) + degree, NO_KEY) - of(i)); }
};

// Adds to each list the points that have its point in theirs, and those of the point's lists in `wider`, and prunes what
// got too long.
void add_reverse(Lists &lists, const std::vector<Lists> &wider, float alpha, int threads, Backend &backend, Progress &progress);

// Makes every point reachable from `entry`: a piece that is not gets edges from and to a near point that is, in the place
// of an edge that no shortest path needs.
void connect(Lists &lists, const Points &points, int32_t entry, const std::vector<Lists> &above, const Progress &progress);

}  // namespace tidemark
