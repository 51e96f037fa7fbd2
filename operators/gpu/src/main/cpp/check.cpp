// Checks a library through its C interface, on the machine it is on, and times it:
//
//   check LIBRARY device                    says what it would build on, and no more
//   check LIBRARY correct [TWIN]            odd sizes, copies, refusals; with a twin, recall and edges beside it
//   check LIBRARY brief [TWIN]              the same over fewer and smaller sets
//   check LIBRARY time COUNT DIMENSION [THREADS [TERAFLOPS]]  seconds, TFLOP/s, the share of the floor, recall
//   check LIBRARY file NAME.bvecs [COUNT [THREADS]]           the same over real vectors
//
// Exits 0 if all is well, 1 if not, 77 if there is no device.
#include <dlfcn.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tidemark_gpu.h"

namespace {

struct Library {
  decltype(&tdm_version) version;
  decltype(&tdm_kind) kind;
  decltype(&tdm_device) device;
  decltype(&tdm_estimate) estimate;
  decltype(&tdm_build) build;
  decltype(&tdm_entry) entry;
  decltype(&tdm_layers) layers;
  decltype(&tdm_layer_at) layer_at;
  decltype(&tdm_free) free;

  explicit Library(const char *path) {
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
      std::fprintf(stderr, "%s\n", dlerror());
      std::exit(1);
    }
    auto find = [&](auto &function, const char *name) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(handle, name));
      if (!function) {
        std::fprintf(stderr, "%s has no %s\n", path, name);
        std::exit(1);
      }
    };
    find(version, "tdm_version");
    find(kind, "tdm_kind");
    find(device, "tdm_device");
    find(estimate, "tdm_estimate");
    find(build, "tdm_build");
    find(entry, "tdm_entry");
    find(layers, "tdm_layers");
    find(layer_at, "tdm_layer_at");
    find(free, "tdm_free");
  }
};

int failures = 0;
bool brief = false;

void expect(bool good, const std::string &what) {
  if (good) return;
  failures++;
  std::printf("FAILED: %s\n", what.c_str());
}

struct Data {
  int64_t count;
  int dimension;
  std::vector<float> values;

  const float *row(int64_t i) const { return values.data() + i * dimension; }
};

// Clusters of about `size` vectors around random centres; with size 0, one cloud of low intrinsic dimension.
Data clustered(int64_t count, int dimension, int64_t size, unsigned seed) {
  Data data{count, dimension, std::vector<float>(size_t(count) * dimension)};
  int threads = int(std::max(1u, std::thread::hardware_concurrency()));
  int64_t centres = size > 0 ? std::max<int64_t>(1, count / size) : 1;
  std::vector<float> middle(size_t(centres) * dimension);
  std::mt19937 first(seed);
  std::normal_distribution<float> normal;
  for (float &m : middle) m = normal(first);
  constexpr int INTRINSIC = 24;
  std::vector<float> basis(size_t(INTRINSIC) * dimension);
  for (float &b : basis) b = normal(first);
  std::vector<std::thread> pool;
  for (int t = 0; t < threads; t++) {
    pool.emplace_back([&, t] {
      std::normal_distribution<float> each;
      for (int64_t i = t; i < count; i += threads) {
        std::mt19937 random(unsigned(seed * 7919 + i));
        float *row = data.values.data() + i * dimension;
        if (size > 0) {
          const float *centre = middle.data() + int64_t(random() % uint64_t(centres)) * dimension;
          for (int d = 0; d < dimension; d++) row[d] = centre[d] + 0.5f * each(random);
        } else {
          for (int b = 0; b < INTRINSIC; b++) {
            float weight = each(random);
            for (int d = 0; d < dimension; d++) row[d] += weight * basis[size_t(b) * dimension + d];
          }
          for (int d = 0; d < dimension; d++) row[d] += 0.3f * each(random);
        }
        each.reset();
      }
    });
  }
  for (std::thread &thread : pool) thread.join();
  return data;
}

tdm_params params_for(const Data &data, int space, int threads) {
  tdm_params params{};
  params.version = TDM_VERSION;
  params.space = space;
  params.count = data.count;
  params.dimension = data.dimension;
  params.bottom_degree = 32;
  params.upper_degree = 16;
  params.threads = threads;
  params.alpha = 1.2f;
  params.seed = 1;
  return params;
}

// A graph of the library's, given back at the end.
class Built {
 public:
  Built(const Library &library, const tdm_params &params, const float *vectors, tdm_control *control = nullptr)
      : library_(library) {
    char text[1024];
    code = library.build(&params, vectors, control, &graph_, text, sizeof text);
    message = text;
    for (int level = 0; graph_ && level < library.layers(graph_); level++) {
      layers.emplace_back();
      library.layer_at(graph_, level, &layers.back());
    }
    entry = library.entry(graph_);
  }
  Built(const Built &) = delete;
  ~Built() { library_.free(graph_); }

  int place(size_t level, int32_t node) const {
    const tdm_layer &layer = layers[level];
    const int32_t *found = std::lower_bound(layer.members, layer.members + layer.nodes, node);
    return found != layer.members + layer.nodes && *found == node ? int(found - layer.members) : -1;
  }

  int32_t code;
  std::string message;
  int32_t entry;
  std::vector<tdm_layer> layers;

 private:
  const Library &library_;
  tdm_graph *graph_ = nullptr;
};

float squared(const float *a, const float *b, int dimension) {
  float sum = 0;
  for (int d = 0; d < dimension; d++) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

// The k nearest found by the search that the server does: down the layers greedily, then best first with `ef` kept.
std::vector<std::pair<float, int32_t>> search(const Built &graph, const Data &data, const float *query, int ef) {
  int32_t node = graph.entry;
  float best = squared(query, data.row(node), data.dimension);
  for (size_t level = graph.layers.size(); level-- > 1;) {
    for (bool moved = true; moved;) {
      moved = false;
      const tdm_layer &layer = graph.layers[level];
      int at = graph.place(level, node);
      for (int n = layer.offsets[at]; n < layer.offsets[at + 1]; n++) {
        float d = squared(query, data.row(layer.neighbours[n]), data.dimension);
        if (d < best) {
          best = d;
          node = layer.neighbours[n];
          moved = true;
        }
      }
    }
  }
  std::priority_queue<std::pair<float, int32_t>> kept;
  std::priority_queue<std::pair<float, int32_t>, std::vector<std::pair<float, int32_t>>, std::greater<>> frontier;
  std::set<int32_t> seen{node};
  frontier.push({best, node});
  kept.push({best, node});
  const tdm_layer &bottom = graph.layers[0];
  while (!frontier.empty() && (int(kept.size()) < ef || frontier.top().first <= kept.top().first)) {
    int at = graph.place(0, frontier.top().second);
    frontier.pop();
    for (int n = bottom.offsets[at]; n < bottom.offsets[at + 1]; n++) {
      int32_t next = bottom.neighbours[n];
      if (!seen.insert(next).second) continue;
      float d = squared(query, data.row(next), data.dimension);
      if (int(kept.size()) < ef || d < kept.top().first) {
        frontier.push({d, next});
        kept.push({d, next});
        if (int(kept.size()) > ef) kept.pop();
      }
    }
  }
  std::vector<std::pair<float, int32_t>> found;
  for (; !kept.empty(); kept.pop()) found.push_back(kept.top());
  std::reverse(found.begin(), found.end());
  return found;
}

struct Queries {
  int k;
  std::vector<std::vector<float>> vectors;
  std::vector<float> bars;  // squared distance of the k-th nearest
};

Queries queries_for(const Data &data, int count, int k, unsigned seed) {
  Queries queries{k, {}, {}};
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  double spread = 0;
  for (int d = 0; d < data.dimension; d++) spread += std::abs(data.row(int64_t(random() % uint64_t(data.count)))[d]);
  float noise = float(0.1 * spread / data.dimension);
  for (int q = 0; q < count; q++) {
    const float *from = data.row(int64_t(random() % uint64_t(data.count)));
    std::vector<float> query(from, from + data.dimension);
    for (float &v : query) v += noise * normal(random);
    queries.vectors.push_back(std::move(query));
  }
  queries.bars.resize(size_t(count));
  std::vector<std::thread> pool;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned t = 0; t < threads; t++) {
    pool.emplace_back([&, t] {
      for (size_t q = t; q < queries.vectors.size(); q += threads) {
        std::priority_queue<float> nearest;
        for (int64_t i = 0; i < data.count; i++) {
          nearest.push(squared(queries.vectors[q].data(), data.row(i), data.dimension));
          if (int(nearest.size()) > k) nearest.pop();
        }
        queries.bars[q] = nearest.top();
      }
    });
  }
  for (std::thread &thread : pool) thread.join();
  return queries;
}

double recall(const Built &graph, const Data &data, const Queries &queries, int ef) {
  int64_t right = 0;
  for (size_t q = 0; q < queries.vectors.size(); q++) {
    auto found = search(graph, data, queries.vectors[q].data(), ef);
    for (int i = 0; i < std::min(queries.k, int(found.size())); i++) right += found[size_t(i)].first <= queries.bars[q];
  }
  return double(right) / (double(queries.k) * double(queries.vectors.size()));
}

// What every graph keeps, whoever built it.
void check_form(const Built &graph, const tdm_params &params, const std::string &what) {
  expect(graph.code == TDM_OK, what + ": " + graph.message);
  if (graph.code != TDM_OK) return;
  expect(graph.layers[0].nodes == params.count, what + ": the bottom layer has all nodes");
  for (size_t level = 0; level < graph.layers.size(); level++) {
    const tdm_layer &layer = graph.layers[level];
    int degree = level == 0 ? params.bottom_degree : params.upper_degree;
    expect(graph.place(level, graph.entry) >= 0, what + ": the entry is on each layer");
    for (int64_t i = 0; i < layer.nodes; i++) {
      // A point with copies may lead to a few of them beside its own neighbours.
      expect(layer.offsets[i + 1] - layer.offsets[i] <= degree + 3, what + ": no list is too long");
      std::set<int32_t> seen;
      for (int n = layer.offsets[i]; n < layer.offsets[i + 1]; n++) {
        expect(layer.neighbours[n] != layer.members[i], what + ": no node leads to itself");
        expect(seen.insert(layer.neighbours[n]).second, what + ": no neighbour is named twice");
        expect(graph.place(level, layer.neighbours[n]) >= 0, what + ": neighbours are on the layer");
      }
    }
    std::vector<char> reached(size_t(layer.nodes), 0);
    std::vector<int> queue{graph.place(level, graph.entry)};
    reached[size_t(queue[0])] = 1;
    for (size_t head = 0; head < queue.size(); head++) {
      for (int n = layer.offsets[queue[head]]; n < layer.offsets[queue[head] + 1]; n++) {
        int next = graph.place(level, layer.neighbours[n]);
        if (next >= 0 && !reached[size_t(next)]) {
          reached[size_t(next)] = 1;
          queue.push_back(next);
        }
      }
    }
    expect(int64_t(queue.size()) == layer.nodes,
           what + ": " + std::to_string(queue.size()) + " of " + std::to_string(layer.nodes) + " nodes of layer " +
               std::to_string(level) + " are reached");
  }
}

void check_sizes(const Library &library) {
  for (int space = TDM_EUCLIDEAN; space <= TDM_LIFTED; space++) {
    for (int64_t count : {1, 2, 3, 31, 127, 128, 129, 300, 1000}) {
      for (int dimension : {1, 3, 31, 32, 33, 127, 128, 768}) {
        if (count > 129 && dimension > 128 && space != TDM_ANGULAR) continue;
        if (brief && (count * dimension > 10000 || (count + dimension + space) % 7 != 0)) continue;
        Data data = clustered(count, dimension, 50, unsigned(count * 31 + dimension));
        tdm_params params = params_for(data, space, 2);
        std::string what = "space " + std::to_string(space) + ", " + std::to_string(count) + " x " + std::to_string(dimension);
        check_form(Built(library, params, data.values.data()), params, what);
      }
    }
  }
  Data data = clustered(brief ? 200 : 500, 16, 50, 3);
  tdm_params params = params_for(data, TDM_EUCLIDEAN, 1);
  for (int degree : {2, 3, 17, 64, 128}) {
    if (brief && degree % 2 != 0) continue;
    params.bottom_degree = degree;
    params.upper_degree = std::max(1, degree / 2);
    check_form(Built(library, params, data.values.data()), params, "degree " + std::to_string(degree));
  }
  params.count = 0;
  Built empty(library, params, nullptr);
  expect(empty.code == TDM_OK && empty.entry == -1 && empty.layers[0].nodes == 0, "a graph of nothing");
}

void check_copies(const Library &library) {
  for (int64_t distinct : {1, 2, 20, 300}) {
    Data data = clustered(brief ? 330 : 2000, 24, 40, 5);
    for (int64_t i = distinct; i < data.count; i++) {
      std::memcpy(data.values.data() + i * 24, data.row(i % distinct), 24 * sizeof(float));
    }
    tdm_params params = params_for(data, TDM_EUCLIDEAN, 2);
    Built graph(library, params, data.values.data());
    check_form(graph, params, std::to_string(distinct) + " distinct of " + std::to_string(data.count));
    for (int64_t i = 0; i < distinct && graph.code == TDM_OK; i += std::max<int64_t>(1, distinct / 20)) {
      auto found = search(graph, data, data.row(i), 10);
      int64_t copies = 0;
      for (auto &hit : found) copies += hit.first == 0;
      expect(copies >= std::min<int64_t>(6, data.count / distinct), "copies of a vector are found");
    }
  }
  Data data = clustered(brief ? 140 : 600, 8, 50, 6);
  for (float scale : {1e-30f, 1e-6f, 1e6f, 1e30f}) {
    if (brief && scale != 1e30f) continue;
    Data scaled = data;
    for (float &v : scaled.values) v = v * scale + 100 * scale;
    tdm_params params = params_for(scaled, TDM_EUCLIDEAN, 2);
    check_form(Built(library, params, scaled.values.data()), params, "scale " + std::to_string(scale));
  }
  data.values[1000] = 3e38f;
  tdm_params params = params_for(data, TDM_EUCLIDEAN, 2);
  check_form(Built(library, params, data.values.data()), params, "an outlier");
}

void check_refusals(const Library &library) {
  Data data = clustered(400, 16, 50, 7);
  tdm_params good = params_for(data, TDM_EUCLIDEAN, 2);
  auto refused = [&](tdm_params params, const float *vectors, int32_t code, const char *word) {
    Built graph(library, params, vectors);
    expect(graph.code == code && graph.message.find(word) != std::string::npos,
           std::string("refusal with '") + word + "', got " + std::to_string(graph.code) + ": " + graph.message);
  };
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::infinity()}) {
    Data broken = data;
    broken.values[16 * 123 + 5] = bad;
    broken.values[16 * 321 + 5] = bad;
    refused(good, broken.values.data(), TDM_BAD_VECTOR, "vector 123 of 400");
  }
  auto with = [&](auto change) {
    tdm_params params = good;
    change(params);
    return params;
  };
  refused(with([](tdm_params &p) { p.version = 99; }), data.values.data(), TDM_BAD_ARGUMENT, "version is 99");
  refused(with([](tdm_params &p) { p.dimension = 0; }), data.values.data(), TDM_BAD_ARGUMENT, "dimension is 0");
  refused(with([](tdm_params &p) { p.dimension = 32769; }), data.values.data(), TDM_BAD_ARGUMENT, "dimension is 32769");
  refused(with([](tdm_params &p) { p.count = -1; }), data.values.data(), TDM_BAD_ARGUMENT, "count is -1");
  refused(with([](tdm_params &p) { p.bottom_degree = 129; }), data.values.data(), TDM_BAD_ARGUMENT, "bottom_degree is 129");
  refused(with([](tdm_params &p) { p.space = 3; }), data.values.data(), TDM_BAD_ARGUMENT, "space is 3");
  refused(with([](tdm_params &p) { p.alpha = std::numeric_limits<float>::quiet_NaN(); }), data.values.data(),
          TDM_BAD_ARGUMENT, "alpha");
  refused(good, nullptr, TDM_BAD_ARGUMENT, "null");
  refused(with([](tdm_params &p) { p.host_bytes_max = 1000; }), data.values.data(), TDM_OUT_OF_MEMORY, "allowed are 1000");
  if (std::string(library.kind()) == "gpu") {
    refused(with([](tdm_params &p) { p.device_bytes_max = 1000; }), data.values.data(), TDM_OUT_OF_MEMORY, "at least");
    refused(with([](tdm_params &p) { p.device = 4096; }), data.values.data(), TDM_NO_DEVICE, "4096");
    refused(with([](tdm_params &p) { p.device = -1; }), data.values.data(), TDM_NO_DEVICE, "-1");
  }
  tdm_control control{};
  control.cancel = 1;
  Built cancelled(library, good, data.values.data(), &control);
  expect(cancelled.code == TDM_CANCELLED, "a cancelled build ends");
  Data large = clustered(brief ? 400 : 60000, brief ? 16 : 64, 0, 8);
  tdm_control later{};
  std::thread canceller([&] {
    while (__atomic_load_n(&later.done, __ATOMIC_RELAXED) < large.count / 30) std::this_thread::yield();
    __atomic_store_n(&later.cancel, 1, __ATOMIC_RELAXED);
  });
  Built stopped(library, params_for(large, TDM_EUCLIDEAN, 2), large.values.data(), &later);
  canceller.join();
  expect(stopped.code == TDM_CANCELLED || stopped.code == TDM_OK, "a build cancelled in the middle ends");
}

bool same(const Built &a, const Built &b) {
  if (a.code != b.code || a.entry != b.entry || a.layers.size() != b.layers.size()) return false;
  for (size_t level = 0; level < a.layers.size(); level++) {
    const tdm_layer &x = a.layers[level], &y = b.layers[level];
    if (x.nodes != y.nodes || x.edges != y.edges) return false;
    if (std::memcmp(x.offsets, y.offsets, size_t(x.nodes + 1) * 4) != 0) return false;
    if (std::memcmp(x.neighbours, y.neighbours, size_t(x.edges) * 4) != 0) return false;
  }
  return true;
}

// Several builds at once, as several operators of one worker have them, do not disturb each other.
void check_at_once(const Library &library) {
  std::vector<Data> sets;
  for (unsigned i = 0; i < 3; i++) sets.push_back(clustered(brief ? 100 + 40 * i : 2000 + 700 * i, 24, 50, 21 + i));
  std::vector<std::unique_ptr<Built>> together(sets.size());
  std::vector<std::thread> builders;
  for (size_t i = 0; i < sets.size(); i++) {
    builders.emplace_back([&, i] {
      together[i] = std::make_unique<Built>(library, params_for(sets[i], TDM_EUCLIDEAN, 2), sets[i].values.data());
    });
  }
  for (std::thread &builder : builders) builder.join();
  for (size_t i = 0; i < sets.size(); i++) {
    tdm_params params = params_for(sets[i], TDM_EUCLIDEAN, 2);
    check_form(*together[i], params, "one of several builds");
    expect(same(*together[i], Built(library, params, sets[i].values.data())), "the same graph alone and beside others");
  }
}

// What only an emulated GPU does when it is told to: kernels and allocations fail. The next build is as if nothing was.
void check_faults(const Library &library) {
  Data data = clustered(140, 16, 50, 31);
  tdm_params params = params_for(data, TDM_EUCLIDEAN, 2);
  Built whole(library, params, data.values.data());
  auto build_with = [&](const char *variable, int value) {
    setenv(variable, std::to_string(value).c_str(), 1);
    auto built = std::make_unique<Built>(library, params, data.values.data());
    unsetenv(variable);
    return built;
  };
  int failed = 0;
  for (int n = 1; n <= 5; n++) {
    auto built = build_with("TDM_EMULATED_FAIL_LAUNCH", n);
    failed += built->code == TDM_DEVICE_FAILED;
    expect(built->code == TDM_DEVICE_FAILED && built->message.find("launch failure") != std::string::npos,
           "launch " + std::to_string(n) + " fails: " + built->message);
    if (n == 5) expect(same(whole, Built(library, params, data.values.data())), "the build after failed launches");
  }
  // Without the memory to hold all points, a part of them at a time; without that, a refusal.
  for (int n = 1; n <= 5; n++) {
    auto built = build_with("TDM_EMULATED_FAIL_MALLOC", n);
    check_form(*built, params, "allocation " + std::to_string(n) + " fails");
  }
  setenv("TDM_EMULATED_BYTES", "1000000", 1);
  Built none(library, params, data.values.data());
  unsetenv("TDM_EMULATED_BYTES");
  expect(none.code == TDM_OUT_OF_MEMORY && none.message.find("at least") != std::string::npos, "no memory: " + none.message);
  expect(same(whole, Built(library, params, data.values.data())), "the build after one without memory");
  std::printf("%d failed launches and 5 failed allocations: each met, and the next build as before\n", failed);
}

// Share of the edges of `a` that `b` has too.
double shared(const Built &a, const Built &b) {
  int64_t both = 0;
  for (int64_t i = 0; i < a.layers[0].nodes; i++) {
    std::set<int32_t> mine(a.layers[0].neighbours + a.layers[0].offsets[i], a.layers[0].neighbours + a.layers[0].offsets[i + 1]);
    for (int n = b.layers[0].offsets[i]; n < b.layers[0].offsets[i + 1]; n++) both += mine.count(b.layers[0].neighbours[n]);
  }
  return double(both) / double(std::max<int64_t>(1, a.layers[0].edges));
}

void check_results(const Library &library, const Library *twin) {
  for (auto [count, dimension, size] : std::vector<std::tuple<int64_t, int, int64_t>>{{5000, 48, 100}, {5000, 128, 25}, {4000, 768, 0}}) {
    if (brief && size == 100) continue;
    Data data = clustered(brief ? count / 14 : count, brief ? std::min(dimension, 96) : dimension, size, 11);
    dimension = data.dimension;
    Queries queries = queries_for(data, 200, 10, 12);
    std::string what = std::to_string(data.count) + " x " + std::to_string(dimension) + " in clusters of " + std::to_string(size);
    tdm_params params = params_for(data, TDM_EUCLIDEAN, 2);
    Built graph(library, params, data.values.data());
    check_form(graph, params, what);
    if (graph.code != TDM_OK) continue;
    tdm_params one = params;
    one.threads = 1;
    expect(same(graph, Built(library, one, data.values.data())), what + ": the same again, by one thread");
    double found = recall(graph, data, queries, 50);
    std::printf("%s: recall@10 %.4f at 50 candidates", what.c_str(), found);
    if (twin) {
      Built other(*twin, params, data.values.data());
      double theirs = recall(other, data, queries, 50);
      std::printf(", the twin's %.4f, %.1f %% of its edges", theirs, 100 * shared(graph, other));
      expect(found > theirs - 0.01, what + ": recall as the twin's");
      expect(shared(graph, other) > 0.9, what + ": nearly the edges of the twin");
    }
    std::printf("\n");
    expect(found > 0.95, what + ": recall");
    if (twin) {  // so little memory that the points do not stay on the device
      tdm_params small = params;
      int64_t host = 0;
      char text[256];
      library.estimate(&params, &host, &small.device_bytes_max, text, sizeof text);
      small.device_bytes_max = std::max<int64_t>(small.device_bytes_max, int64_t(8192) * (dimension + 31) * 8 + (10 << 20));
      Built streamed(library, small, data.values.data());
      check_form(streamed, small, what + " in little device memory");
      if (streamed.code == TDM_OK) {
        double again = recall(streamed, data, queries, 50);
        std::printf("  in little device memory: recall@10 %.4f\n", again);
        expect(again > found - 0.01, what + ": recall in little device memory");
      }
    }
  }
}

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

void time_build(const Library &library, const Data &data, int threads, double teraflops) {
  tdm_params params = params_for(data, TDM_EUCLIDEAN, threads);
  int64_t host = 0, device = 0;
  char text[512];
  library.estimate(&params, &host, &device, text, sizeof text);
  std::printf("%ld x %d, %d threads: the build needs up to %.1f GB of the host\n", long(data.count), data.dimension, threads,
              double(host) * 1e-9);
  // The driver's start, once per process, is told apart.
  auto start = std::chrono::steady_clock::now();
  Data few = clustered(1000, data.dimension, 0, 14);
  Built first(library, params_for(few, TDM_EUCLIDEAN, threads), few.values.data());
  std::printf("  %.2f s for the first build of this process, of 1000 vectors\n",
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  start = std::chrono::steady_clock::now();
  double cpu = cpu_seconds();
  Built graph(library, params, data.values.data());
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  cpu = cpu_seconds() - cpu;
  expect(graph.code == TDM_OK, graph.message);
  if (graph.code != TDM_OK) return;
  double work = 2.0 * double(data.count) * double(data.count) * data.dimension;
  double floor = work / (teraflops * 1e12);
  std::printf("  %.2f s wall, %.2f CPU-s, %.2f TFLOP/s over all, floor %.2f s at %.0f TFLOP/s: %.1f %% of it\n", seconds, cpu,
              work / seconds * 1e-12, floor, teraflops, 100 * floor / seconds);
  std::printf("  %.1f neighbours on average, %zu layers\n", double(graph.layers[0].edges) / double(data.count),
              graph.layers.size());
  Queries queries = queries_for(data, 200, 10, 12);
  for (int ef : {20, 50, 100}) std::printf("  recall@10 %.4f at %d candidates\n", recall(graph, data, queries, ef), ef);
}

Data read_bvecs(const char *path, int64_t limit) {
  FILE *file = std::fopen(path, "rb");
  if (!file) {
    std::perror(path);
    std::exit(1);
  }
  Data data{0, 0, {}};
  int32_t dimension;
  std::vector<unsigned char> row;
  while (data.count < limit && std::fread(&dimension, 4, 1, file) == 1) {
    data.dimension = dimension;
    row.resize(size_t(dimension));
    if (std::fread(row.data(), 1, row.size(), file) != row.size()) break;
    data.values.insert(data.values.end(), row.begin(), row.end());
    data.count++;
  }
  std::fclose(file);
  return data;
}

}  // namespace

int main(int count, char **arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (count < 3) {
    std::fprintf(stderr, "usage: check LIBRARY device | correct|brief [TWIN] | time COUNT DIMENSION [THREADS [TERAFLOPS]] | file BVECS [COUNT [THREADS]]\n");
    return 2;
  }
  Library library(arguments[1]);
  std::string mode = arguments[2];
  if (library.version() != TDM_VERSION) {
    std::printf("%s is of version %d, expected %d\n", arguments[1], library.version(), TDM_VERSION);
    return 1;
  }
  char text[512];
  int32_t code = library.device(0, text, sizeof text);
  std::printf("%s: %s\n", library.kind(), text);
  if (code != TDM_OK) return code == TDM_NO_DEVICE ? 77 : 1;
  int threads = int(std::max(1u, std::thread::hardware_concurrency()));
  if (mode == "device") return 0;
  if (mode == "correct" || mode == "brief") {
    brief = mode == "brief";
    check_sizes(library);
    check_copies(library);
    check_refusals(library);
    check_at_once(library);
    if (std::string(text).find("emulated") != std::string::npos) check_faults(library);
    if (count > 3) {
      Library twin(arguments[3]);
      check_results(library, &twin);
    } else {
      check_results(library, nullptr);
    }
  } else if (mode == "time" && count > 4) {
    Data data = clustered(std::atoll(arguments[3]), std::atoi(arguments[4]), 0, 13);
    time_build(library, data, count > 5 ? std::atoi(arguments[5]) : threads, count > 6 ? std::atof(arguments[6]) : 989);
  } else if (mode == "file" && count > 3) {
    Data data = read_bvecs(arguments[3], count > 4 ? std::atoll(arguments[4]) : INT64_MAX);
    time_build(library, data, count > 5 ? std::atoi(arguments[5]) : threads, 989);
  } else {
    std::fprintf(stderr, "unknown mode %s\n", mode.c_str());
    return 2;
  }
  std::printf(failures == 0 ? "all is well\n" : "%d checks failed\n", failures);
  return failures == 0 ? 0 : 1;
}
