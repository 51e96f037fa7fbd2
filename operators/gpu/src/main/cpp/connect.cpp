#include <queue>

#include "cpu_kernels.h"
#include "lists.h"

namespace tidemark {

namespace {

constexpr size_t BEAM = 64;

class Connector {
 public:
  Connector(Lists &lists, const Points &points, int32_t entry, const std::vector<Lists> &above)
      : lists_(lists),
        points_(points),
        entry_(entry),
        above_(above),
        kernels_(cpu_kernels()),
        parent_(static_cast<size_t>(lists.count), UNREACHED),
        seen_(static_cast<size_t>(lists.count), 0) {}

  void run(const Progress &progress) {
    reach(entry_, entry_);
    for (int64_t i = 0; i < lists_.count; i++) {
      if (parent_[size_t(i)] != UNREACHED) continue;
      progress.check();
      int32_t point = int32_t(i);
      int32_t host = host_for(point);
      // The way back too: a search that comes down inside the piece must get out of it.
      put(point, host);
      reach(point, host);
    }
  }

 private:
  static constexpr int32_t UNREACHED = -1;

  float distance(int32_t a, int32_t b) const {
    return kernels_.distance(points_.row(a), points_.row(b), points_.stride);
  }

  // Breadth first from a point that is reached from `parent`.
  void reach(int32_t from, int32_t parent) {
    parent_[size_t(from)] = parent;
    std::vector<int32_t> queue{from};
    for (size_t head = 0; head < queue.size(); head++) {
      int32_t point = queue[head];
      const Key *list = lists_.of(point);
      for (int n = 0; n < lists_.degree && list[n] != NO_KEY; n++) {
        int32_t next = int32_t(key_number(list[n]));
        if (parent_[size_t(next)] != UNREACHED) continue;
        parent_[size_t(next)] = point;
        queue.push_back(next);
      }
    }
  }

  // A near reached point that has taken an edge to this one.
  int32_t host_for(int32_t point) {
    for (Key near : search(point)) {
      int32_t host = int32_t(key_number(near));
      if (put(host, point)) return host;
    }
    for (int64_t i = 0; i < lists_.count; i++) {
      if (parent_[size_t(i)] != UNREACHED && put(int32_t(i), point)) return int32_t(i);
    }
    // A tree over r points has r - 1 edges and there is room for r * degree: some point has taken it.
    throw Failure{TDM_INTERNAL, "no reachable point has room for an edge to point " + std::to_string(point)};
  }

  // Adds an edge, in the place of the longest one that leads to no point first reached by it where the list is full.
  bool put(int32_t from, int32_t to) {
    Key *list = lists_.of(from);
    for (int n = 0; n < lists_.degree; n++) {
      if (list[n] != NO_KEY && int32_t(key_number(list[n])) == to) return true;
    }
    for (int n = lists_.degree - 1; n >= 0; n--) {
      if (list[n] == NO_KEY || parent_[key_number(list[n])] != from) {
        list[n] = make_key(distance(from, to), uint32_t(to));
        std::sort(list, list + lists_.degree);
        return true;
      }
    }
    return false;
  }

  // Reached points near the given one, nearest first: best first over the layer, from the entry and from where a descent
  // of the layers above ends.
  std::vector<Key> search(int32_t target) {
    stamp_++;
    std::priority_queue<Key, std::vector<Key>, std::greater<Key>> frontier;
    std::priority_queue<Key> best;
    auto visit = [&](int32_t point) {
      if (parent_[size_t(point)] == UNREACHED || seen_[size_t(point)] == stamp_) return;
      seen_[size_t(point)] = stamp_;
      Key key = make_key(distance(point, target), uint32_t(point));
      if (best.size() < BEAM || key < best.top()) {
        frontier.push(key);
        best.push(key);
        if (best.size() > BEAM) best.pop();
      }
    };
    visit(entry_);
    visit(descend(target));
    while (!frontier.empty() && (best.size() < BEAM || frontier.top() <= best.top())) {
      int32_t point = int32_t(key_number(frontier.top()));
      frontier.pop();
      const Key *list = lists_.of(point);
      for (int n = 0; n < lists_.degree && list[n] != NO_KEY; n++) visit(int32_t(key_number(list[n])));
    }
    std::vector<Key> found;
    for (; !best.empty(); best.pop()) found.push_back(best.top());
    std::reverse(found.begin(), found.end());
    return found;
  }

  int32_t descend(int32_t target) const {
    int32_t point = entry_;
    float nearest = distance(point, target);
    for (const Lists &layer : above_) {
      for (bool moved = true; moved;) {
        moved = false;
        const Key *list = layer.of(point);
        for (int n = 0; n < layer.degree && list[n] != NO_KEY; n++) {
          int32_t next = int32_t(key_number(list[n]));
          float d = distance(next, target);
          if (d < nearest) {
            nearest = d;
            point = next;
            moved = true;
          }
        }
      }
    }
    return point;
  }

  Lists &lists_;
  const Points &points_;
  int32_t entry_;
  const std::vector<Lists> &above_;
  const CpuKernels &kernels_;
  std::vector<int32_t> parent_;  // of the breadth-first tree
  std::vector<uint32_t> seen_;
  uint32_t stamp_ = 0;
};

}  // namespace

void connect(Lists &lists, const Points &points, int32_t entry, const std::vector<Lists> &above,
             const Progress &progress) {
  Connector(lists, points, entry, above).run(progress);
}

}  // namespace tidemark
