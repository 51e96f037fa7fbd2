#include "graph.h"

#include <numeric>

#include "cpu_kernels.h"
#include "lists.h"

namespace tidemark {

namespace {

// A layer holds one of this many points of the layer below, down to a few.
constexpr int64_t LAYER_SHARE = 32;
constexpr int64_t LAYER_MIN = 8;

// Neighbours that a point gets among those of each layer above. The nearest of all lie in its own cluster; over these a
// search gets from one cluster to the next, as over the edges of points that were inserted first where a graph is grown.
constexpr int WIDER_DEGREE = 8;

// Of a chain of equal vectors: children each one leads to. At least half of a list stays for other vectors.
constexpr int COPY_CHILDREN = 3;

// Sizes of the layers, the bottom one first. The points are in random order, so each layer is a prefix.
std::vector<int64_t> layer_sizes(int64_t count) {
  std::vector<int64_t> sizes{count};
  while (sizes.back() / LAYER_SHARE >= LAYER_MIN) sizes.push_back(sizes.back() / LAYER_SHARE);
  return sizes;
}

// The point of the top layer nearest to the centre, which is the origin.
int32_t entry_point(const Points &points, int64_t top) {
  std::vector<float> origin(size_t(points.stride), 0);
  Key best = NO_KEY;
  for (int64_t i = 0; i < top; i++) {
    best = std::min(best, make_key(cpu_kernels().distance(points.row(i), origin.data(), points.stride), uint32_t(i)));
  }
  return int32_t(key_number(best));
}

// Neighbour lists by the caller's rows, of rows in any order; close() sorts them by row.
class LayerWriter {
 public:
  explicit LayerWriter(size_t rows) { spans_.reserve(rows); }

  void begin(int32_t row) { spans_.push_back({row, int64_t(all_.size()), 0}); }
  void add(int32_t neighbour) {
    all_.push_back(neighbour);
    spans_.back().size++;
  }

  Layer close() {
    if (all_.size() > size_t(INT32_MAX - 8)) {
      throw Failure{TDM_UNSUPPORTED, "the graph has " + std::to_string(all_.size()) + " edges, the limit is 2147483639"};
    }
    std::sort(spans_.begin(), spans_.end(), [](const Span &a, const Span &b) { return a.row < b.row; });
    Layer layer;
    layer.members.reserve(spans_.size());
    layer.offsets.reserve(spans_.size() + 1);
    layer.neighbours.reserve(all_.size());
    layer.offsets.push_back(0);
    for (const Span &span : spans_) {
      layer.members.push_back(span.row);
      layer.neighbours.insert(layer.neighbours.end(), all_.begin() + span.from, all_.begin() + span.from + span.size);
      layer.offsets.push_back(int32_t(layer.neighbours.size()));
    }
    return layer;
  }

 private:
  struct Span {
    int32_t row;
    int64_t from;
    int32_t size;
  };

  std::vector<Span> spans_;
  std::vector<int32_t> all_;
};

Layer upper_layer(const Lists &lists, const Prepared &prepared) {
  LayerWriter out(size_t(lists.count));
  for (int64_t i = 0; i < lists.count; i++) {
    out.begin(prepared.rows[size_t(i)]);
    for (int n = 0; n < lists.size(i); n++) out.add(prepared.rows[key_number(lists.of(i)[n])]);
  }
  return out.close();
}

// Copies of a point hang below it as a tree: each leads to its parent, to its children and to the point's neighbours, as
// many as fit. The point gives up its farthest neighbours for its children only where connect() has left it room to.
class BottomWriter {
 public:
  BottomWriter(const Lists &lists, const Prepared &prepared)
      : lists_(lists), prepared_(prepared), out_(prepared.rows.size() + prepared.copies.size()) {}

  Layer write() {
    for (int64_t i = 0; i < lists_.count; i++) point(i);
    return out_.close();
  }

 private:
  // Of the set of equal rows, 0 is the point's own.
  int32_t equal(int64_t i, int64_t n) const {
    return n == 0 ? prepared_.rows[size_t(i)] : prepared_.copies[size_t(prepared_.copy_offsets[size_t(i)] + n - 1)];
  }

  void point(int64_t i) {
    int64_t equals = 1 + prepared_.copy_offsets[size_t(i) + 1] - prepared_.copy_offsets[size_t(i)];
    int children = std::min(COPY_CHILDREN, std::max(1, lists_.degree / 2 - 1));
    for (int64_t n = 0; n < equals; n++) {
      out_.begin(equal(i, n));
      int used = 0;
      for (int64_t c = n * children + 1; c <= (n + 1) * children && c < equals; c++, used++) out_.add(equal(i, c));
      if (n > 0) {
        out_.add(equal(i, (n - 1) / children));
        used++;
      }
      // The point's own list is kept whole, since paths lead through it: with copies it may be a few longer.
      int others = n == 0 ? lists_.degree : std::max(0, lists_.degree - used);
      for (int k = 0; k < others && k < lists_.size(i); k++) out_.add(prepared_.rows[key_number(lists_.of(i)[k])]);
    }
  }

  const Lists &lists_;
  const Prepared &prepared_;
  LayerWriter out_;
};

}  // namespace

Graph build_graph(const tdm_params &params, const Prepared &prepared, Backend &backend, Progress &progress) {
  Graph graph;
  if (prepared.rows.empty()) {
    graph.layers.emplace_back();
    graph.layers.back().offsets.push_back(0);
    return graph;
  }
  Points points = prepared.points();
  backend.load(points);
  std::vector<int64_t> sizes = layer_sizes(points.count);
  int32_t entry = entry_point(points, sizes.back());
  std::vector<Lists> above;  // the top one first
  for (size_t level = sizes.size(); level-- > 0;) {
    Lists lists(sizes[level], level == 0 ? params.bottom_degree : params.upper_degree);
    // The layers above together are a thousandth of the work.
    progress.begin(level == 0 ? 0.02 : 0, level == 0 ? 0.90 : 0.01, lists.count * int64_t(sizes.size() - level));
    backend.neighbours(lists.count, lists.count, lists.degree, params.alpha, lists.keys.data(), progress);
    std::vector<Lists> wider;
    for (size_t other = level + 1; other < sizes.size(); other++) {
      wider.emplace_back(lists.count, std::min(WIDER_DEGREE, lists.degree));
      backend.neighbours(lists.count, sizes[other], wider.back().degree, params.alpha, wider.back().keys.data(), progress);
    }
    progress.begin(level == 0 ? 0.90 : 0.01, level == 0 ? 0.97 : 0.02, lists.count);
    add_reverse(lists, wider, params.alpha, params.threads, backend, progress);
    connect(lists, points, entry, above, progress);
    above.push_back(std::move(lists));
  }
  progress.check();
  graph.entry = prepared.rows[size_t(entry)];
  graph.layers.push_back(BottomWriter(above.back(), prepared).write());
  for (size_t level = 1; level < sizes.size(); level++) {
    graph.layers.push_back(upper_layer(above[sizes.size() - 1 - level], prepared));
  }
  return graph;
}

int64_t graph_bytes(const tdm_params &params) {
  int64_t count = params.count;
  int64_t points = count * point_stride(params) * 4;
  int64_t preparing = count * (16 + 4 + 4 + 8 + 8 + 8);
  int64_t edges = count * params.bottom_degree;
  int64_t pieces = std::min<int64_t>(count, 65536) * (CANDIDATES + params.bottom_degree) * 8;
  int64_t reversing = edges * 8 + count * 16 + pieces;
  int64_t writing = edges * 8 + count * 24;
  return points + std::max(preparing, count * 16 + edges * 8 + edges * 8 / LAYER_SHARE * 2 + std::max(reversing, writing));
}

}  // namespace tidemark
