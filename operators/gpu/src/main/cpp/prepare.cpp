#include "prepare.h"

#include <cmath>
#include <numeric>

namespace tidemark {

namespace {

constexpr int64_t PIECE_ROWS = 4096;

// Half of the points are about this long per square root of a dimension; half precision is good from 6e-5 to 65504.
constexpr double TYPICAL_VALUE = 4;

// Values beyond are cut: their squares, added up over 32,768 dimensions, must stay finite.
constexpr float VALUE_MAX = 1e15f;

struct Changer {
  const tdm_params &params;
  const float *vectors;
  std::vector<double> extra;  // per row: its length (angular), or the added coordinate (lifted)

  int width() const { return params.dimension + (params.space == TDM_LIFTED ? 1 : 0); }

  double value(int64_t row, int d) const {
    if (d == params.dimension) return extra[size_t(row)];
    double v = vectors[row * params.dimension + d];
    if (params.space == TDM_ANGULAR) return extra[size_t(row)] > 0 ? v / extra[size_t(row)] : 0;
    return v;
  }
};

// Squared lengths; a vector that holds NaN or infinity is refused, the first one by its row.
std::vector<double> squared_lengths(const tdm_params &params, const float *vectors, const Progress &progress) {
  std::vector<double> lengths(size_t(params.count));
  std::atomic<int64_t> bad{params.count};
  parallel(params.threads, params.count, PIECE_ROWS, progress, [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      double sum = 0;
      const float *v = vectors + row * params.dimension;
      for (int d = 0; d < params.dimension; d++) sum += double(v[d]) * v[d];
      lengths[size_t(row)] = sum;  // the square of any finite float is finite in double precision
      if (!std::isfinite(sum)) {
        int64_t seen = bad.load();
        while (row < seen && !bad.compare_exchange_weak(seen, row)) {
        }
      }
    }
  });
  if (bad < params.count) {
    throw Failure{TDM_BAD_VECTOR, "vector " + std::to_string(bad.load()) + " of " + std::to_string(params.count) +
                                      " holds NaN or infinity, only finite floats can be indexed"};
  }
  return lengths;
}

Changer changer(const tdm_params &params, const float *vectors, const Progress &progress) {
  std::vector<double> extra = squared_lengths(params, vectors, progress);
  double longest = params.space == TDM_LIFTED ? *std::max_element(extra.begin(), extra.end()) : 0;
  for (double &x : extra) x = std::sqrt(params.space == TDM_LIFTED ? longest - x : x);
  return {params, vectors, std::move(extra)};
}

// Added up piece by piece in a fixed order, so that the number of threads does not show.
std::vector<double> centre(const Changer &change, const Progress &progress) {
  int width = change.width();
  int64_t count = change.params.count;
  int64_t pieces = (count + PIECE_ROWS - 1) / PIECE_ROWS;
  std::vector<double> sums(size_t(pieces) * width, 0);
  parallel(change.params.threads, count, PIECE_ROWS, progress, [&](int64_t from, int64_t to) {
    double *sum = sums.data() + from / PIECE_ROWS * width;
    for (int64_t row = from; row < to; row++) {
      for (int d = 0; d < width; d++) sum[d] += change.value(row, d);
    }
  });
  std::vector<double> centre(sums.begin(), sums.begin() + width);
  for (int64_t p = 1; p < pieces; p++) {
    for (int d = 0; d < width; d++) centre[size_t(d)] += sums[size_t(p) * width + d];
  }
  for (double &c : centre) c /= double(count);
  return centre;
}

// From the median length of the centred vectors, which no outlier moves; without one, from the mean.
double scale(const Changer &change, const std::vector<double> &centre, const Progress &progress) {
  int width = change.width();
  int64_t count = change.params.count;
  std::vector<double> lengths(static_cast<size_t>(count));
  parallel(change.params.threads, count, PIECE_ROWS, progress, [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      double sum = 0;
      for (int d = 0; d < width; d++) {
        double v = change.value(row, d) - centre[size_t(d)];
        sum += v * v;
      }
      lengths[size_t(row)] = std::sqrt(sum);
    }
  });
  std::nth_element(lengths.begin(), lengths.begin() + count / 2, lengths.end());
  double typical = lengths[size_t(count / 2)];
  if (!(typical > 0)) typical = std::accumulate(lengths.begin(), lengths.end(), 0.0) / double(count);
  double scale = TYPICAL_VALUE * std::sqrt(double(width)) / typical;
  return std::isfinite(scale) ? scale : 1;
}

uint64_t mixed(uint64_t x) {  // splitmix64's finisher
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

std::vector<int32_t> shuffled(int64_t count, uint64_t seed) {
  std::vector<int32_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (int64_t i = count - 1; i > 0; i--) {
    std::swap(order[size_t(i)], order[size_t(mixed(seed + uint64_t(i)) % uint64_t(i + 1))]);
  }
  return order;
}

uint64_t hash(const float *row, int stride) {
  uint64_t h = 0;
  for (int i = 0; i < stride; i += 2) {
    uint64_t two;
    std::memcpy(&two, row + i, sizeof two);
    h = (h ^ two) * 0x9E3779B97F4A7C15u;
    h ^= h >> 29;
  }
  return mixed(h);
}

// Moves the first of each set of equal points to the front and notes the others as its copies.
void take_equal_together(Prepared &prepared, int threads, const Progress &progress) {
  int64_t count = int64_t(prepared.rows.size());
  int stride = prepared.stride;
  auto row = [&](int64_t i) { return prepared.data.data() + i * stride; };
  std::vector<std::pair<uint64_t, int32_t>> hashed(static_cast<size_t>(count));
  parallel(threads, count, PIECE_ROWS, progress, [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) hashed[size_t(i)] = {hash(row(i), stride), int32_t(i)};
  });
  std::sort(hashed.begin(), hashed.end());
  std::vector<int32_t> first(static_cast<size_t>(count));  // per point, the first that equals it
  std::iota(first.begin(), first.end(), 0);
  for (size_t from = 0, to; from < hashed.size(); from = to) {
    for (to = from + 1; to < hashed.size() && hashed[to].first == hashed[from].first; to++) {
    }
    // Of one hash, nearly always all equal; unequal ones start sets of their own.
    for (size_t i = from; i < to; i++) {
      for (size_t j = from; j < i; j++) {
        int32_t candidate = hashed[j].second;
        if (first[size_t(candidate)] != candidate) continue;
        if (std::memcmp(row(candidate), row(hashed[i].second), size_t(stride) * 4) == 0) {
          first[size_t(hashed[i].second)] = candidate;
          break;
        }
      }
    }
  }
  std::vector<int32_t> place(static_cast<size_t>(count), -1);
  int64_t distinct = 0;
  for (int64_t i = 0; i < count; i++) {
    if (first[size_t(i)] == i) place[size_t(i)] = int32_t(distinct++);
  }
  prepared.copy_offsets.assign(size_t(distinct) + 1, 0);
  for (int64_t i = 0; i < count; i++) {
    if (first[size_t(i)] != i) prepared.copy_offsets[size_t(place[size_t(first[size_t(i)])]) + 1]++;
  }
  std::partial_sum(prepared.copy_offsets.begin(), prepared.copy_offsets.end(), prepared.copy_offsets.begin());
  prepared.copies.resize(size_t(count - distinct));
  std::vector<int64_t> next(prepared.copy_offsets.begin(), prepared.copy_offsets.end());
  for (int64_t i = 0; i < count; i++) {
    if (first[size_t(i)] != i) {
      prepared.copies[size_t(next[size_t(place[size_t(first[size_t(i)])])]++)] = prepared.rows[size_t(i)];
      continue;
    }
    int64_t to = place[size_t(i)];
    if (to != i) {
      std::memcpy(row(to), row(i), size_t(stride) * 4);
      prepared.rows[size_t(to)] = prepared.rows[size_t(i)];
    }
  }
  prepared.rows.resize(size_t(distinct));
}

}  // namespace

int point_stride(const tdm_params &params) {
  return int(round_up(params.dimension + (params.space == TDM_LIFTED ? 1 : 0), ROW_FLOATS));
}

Prepared prepare(const tdm_params &params, const float *vectors, Progress &progress) {
  Changer change = changer(params, vectors, progress);
  std::vector<double> middle = centre(change, progress);
  double factor = scale(change, middle, progress);
  Prepared prepared;
  prepared.dimension = change.width();
  prepared.stride = point_stride(params);
  prepared.rows = shuffled(params.count, params.seed);
  prepared.data.assign(size_t(params.count) * prepared.stride, 0);
  parallel(params.threads, params.count, PIECE_ROWS, progress, [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      float *out = prepared.data.data() + i * prepared.stride;
      for (int d = 0; d < prepared.dimension; d++) {
        double v = (change.value(prepared.rows[size_t(i)], d) - middle[size_t(d)]) * factor;
        // Adding zero turns -0 into 0: equal vectors then have equal bytes.
        out[d] = std::max(-VALUE_MAX, std::min(VALUE_MAX, float(v))) + 0.0f;
      }
    }
  });
  take_equal_together(prepared, params.threads, progress);
  return prepared;
}

}  // namespace tidemark
