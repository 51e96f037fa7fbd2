#include "lists.h"

namespace tidemark {

namespace {

constexpr int64_t PIECE_POINTS = 65536;

// Who has a point in its list: those of point i at offsets[i] .. offsets[i + 1), ascending.
struct Incoming {
  std::vector<int64_t> offsets;
  std::vector<Key> keys;
};

// Each piece of the targets is filled by one thread that reads all lists, so the order of the sources is kept.
Incoming incoming(const Lists &lists, int threads, const Progress &progress) {
  Incoming in;
  in.offsets.assign(size_t(lists.count) + 1, 0);
  for (Key key : lists.keys) {
    if (key != NO_KEY) in.offsets[size_t(key_number(key)) + 1]++;
  }
  for (size_t i = 1; i < in.offsets.size(); i++) in.offsets[i] += in.offsets[i - 1];
  in.keys.resize(size_t(in.offsets.back()));
  std::vector<int64_t> next(in.offsets.begin(), in.offsets.end() - 1);
  int64_t piece = std::max<int64_t>(1, (lists.count + threads - 1) / threads);
  parallel(threads, lists.count, piece, progress, [&](int64_t from, int64_t to) {
    for (int64_t i = 0; i < lists.count; i++) {
      const Key *list = lists.of(i);
      for (int n = 0; n < lists.degree && list[n] != NO_KEY; n++) {
        int64_t target = key_number(list[n]);
        if (target < from || target >= to) continue;
        in.keys[size_t(next[size_t(target)]++)] = make_key(key_distance(list[n]), uint32_t(i));
      }
    }
  });
  return in;
}

// Both ends of an edge know the same distance, so that one neighbour's keys are equal and lie together once sorted.
void tidy(std::vector<Key> &keys, size_t most) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  if (keys.size() > most) keys.resize(most);
}

}  // namespace

void add_reverse(Lists &lists, const std::vector<Lists> &wider, float alpha, int threads, Backend &backend, Progress &progress) {
  Incoming in = incoming(lists, threads, progress);
  std::vector<Key> candidates;
  std::vector<Key> pruned;
  size_t room = 0;
  for (const Lists &other : wider) room += size_t(other.degree);
  for (int64_t first = 0; first < lists.count; first += PIECE_POINTS) {
    int64_t count = std::min(PIECE_POINTS, lists.count - first);
    candidates.assign(size_t(count) * CANDIDATES, NO_KEY);
    pruned.resize(size_t(count) * lists.degree);
    std::vector<char> whole(static_cast<size_t>(count));
    parallel(threads, count, 512, progress, [&](int64_t from, int64_t to) {
      std::vector<Key> merged;
      for (int64_t p = from; p < to; p++) {
        int64_t i = first + p;
        merged.assign(lists.of(i), lists.of(i) + lists.size(i));
        merged.insert(merged.end(), in.keys.begin() + in.offsets[size_t(i)], in.keys.begin() + in.offsets[size_t(i) + 1]);
        tidy(merged, CANDIDATES - room);
        for (const Lists &other : wider) merged.insert(merged.end(), other.of(i), other.of(i) + other.size(i));
        tidy(merged, CANDIDATES);
        std::copy(merged.begin(), merged.end(), candidates.begin() + p * CANDIDATES);
        whole[size_t(p)] = merged.size() <= size_t(lists.degree);
      }
    });
    backend.prune(first, count, candidates.data(), lists.degree, alpha, pruned.data(), progress);
    parallel(threads, count, 4096, progress, [&](int64_t from, int64_t to) {
      for (int64_t p = from; p < to; p++) {
        const Key *source = whole[size_t(p)] ? candidates.data() + p * CANDIDATES : pruned.data() + p * lists.degree;
        std::copy(source, source + lists.degree, lists.of(first + p));
        std::sort(lists.of(first + p), lists.of(first + p) + lists.degree);
      }
    });
    progress.step(count);
  }
}

}  // namespace tidemark
