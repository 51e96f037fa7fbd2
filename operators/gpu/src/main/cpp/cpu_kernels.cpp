// Compiled with -DTDM_ISA=baseline|avx2|avx512 and the flags for it; see the Makefile.
#include "cpu_kernels.h"

#include <cmath>
#include <limits>

#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "prune.h"

#define TDM_JOIN2(a, b) a##b
#define TDM_JOIN(a, b) TDM_JOIN2(a, b)

namespace tidemark {
namespace TDM_JOIN(isa_, TDM_ISA) {

#if defined(__AVX512F__)
constexpr int LANES = 16;
constexpr int QUERY_ROWS = 12;
#elif defined(__AVX2__)
constexpr int LANES = 8;
constexpr int QUERY_ROWS = 6;
#else
constexpr int LANES = 4;
constexpr int QUERY_ROWS = 6;
#endif
constexpr int PANEL_ROWS = 2 * LANES;

typedef float Vector __attribute__((vector_size(LANES * sizeof(float))));

inline Vector load(const float *from) {
  Vector v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

inline Vector spread(float value) { return value - Vector{}; }

// A bit per lane where a < bar.
inline uint32_t below(Vector a, Vector bar) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask((__m512)a, (__m512)bar, _CMP_LT_OQ);
#elif defined(__AVX2__)
  return uint32_t(_mm256_movemask_ps(_mm256_cmp_ps((__m256)a, (__m256)bar, _CMP_LT_OQ)));
#elif defined(__SSE2__)
  return uint32_t(_mm_movemask_ps(_mm_cmplt_ps((__m128)a, (__m128)bar)));
#else
  uint32_t mask = 0;
  for (int i = 0; i < LANES; i++) mask |= uint32_t(a[i] < bar[i]) << i;
  return mask;
#endif
}

// The order of additions is fixed and symmetric in a and b: both ends of an edge get the same distance.
inline float distance(const float *a, const float *b, int stride) {
  constexpr int PARTS = ROW_FLOATS / LANES;
  Vector sums[PARTS] = {};
  for (int i = 0; i < stride; i += ROW_FLOATS) {
    for (int p = 0; p < PARTS; p++) {
      Vector d = load(a + i + p * LANES) - load(b + i + p * LANES);
      sums[p] += d * d;
    }
  }
  for (int p = 1; p < PARTS; p++) sums[0] += sums[p];
  float total = 0;
  for (int i = 0; i < LANES; i++) total += sums[0][i];
  return total;
}

void pack(const Points &points, int64_t count, int64_t panel, float *out) {
  int64_t first = panel * PANEL_ROWS;
  int rows = int(std::min<int64_t>(PANEL_ROWS, count - first));
  for (int d = 0; d < points.dimension; d++) {
    for (int r = 0; r < PANEL_ROWS; r++) out[d * PANEL_ROWS + r] = r < rows ? points.row(first + r)[d] : 0;
  }
}

// Keeps the best CANDIDATES of a list that has grown, and sets the bar that later scores must stay below.
inline void shrink(Key *list, int &size, float &bar) {
  if (size >= CANDIDATES) {
    std::nth_element(list, list + CANDIDATES - 1, list + size);
    size = CANDIDATES;
    bar = key_distance(list[CANDIDATES - 1]);
  }
}

constexpr int LIST_ROOM = 2 * CANDIDATES + PANEL_ROWS;

// Scores of QUERY_ROWS rows against one panel, |b|² - 2ab, and what is below a row's bar into its list.
inline void score(const float *queries, const float *panel, const float *norms, int dimension, int64_t base,
                  int64_t self, int rows, Key *lists, int *sizes, float *bars) {
  Vector dots[QUERY_ROWS][2] = {};
  for (int d = 0; d < dimension; d++) {
    Vector b0 = load(panel + d * PANEL_ROWS);
    Vector b1 = load(panel + d * PANEL_ROWS + LANES);
    for (int r = 0; r < QUERY_ROWS; r++) {
      Vector a = spread(queries[d * QUERY_ROWS + r]);
      dots[r][0] += a * b0;
      dots[r][1] += a * b1;
    }
  }
  for (int half = 0; half < 2; half++) {
    Vector norm = load(norms + half * LANES);
    for (int r = 0; r < rows; r++) {
      Vector s = norm - 2 * dots[r][half];
      uint32_t mask = below(s, spread(bars[r]));
      while (mask != 0) {
        int lane = __builtin_ctz(mask);
        mask &= mask - 1;
        int64_t number = base + half * LANES + lane;
        if (number != self + r) lists[r * LIST_ROOM + sizes[r]++] = make_key(s[lane], uint32_t(number));
      }
    }
  }
  for (int r = 0; r < rows; r++) {
    if (sizes[r] >= 2 * CANDIDATES) shrink(lists + r * LIST_ROOM, sizes[r], bars[r]);
  }
}

int rank(const Points &points, int64_t row, Key *keys) {
  int size = 0;
  for (; size < CANDIDATES && keys[size] != NO_KEY; size++) {
    uint32_t number = key_number(keys[size]);
    keys[size] = make_key(distance(points.row(row), points.row(number), points.stride), number);
  }
  std::sort(keys, keys + size);
  return size;
}

void nearest(const Points &points, int64_t count, const float *panels, const float *norms, int64_t first, int64_t last,
             const Progress &progress, CpuScratch &scratch, Key *out) {
  int rows = int(last - first);
  int groups = (rows + QUERY_ROWS - 1) / QUERY_ROWS;
  int dimension = points.dimension;
  scratch.queries.assign(size_t(groups) * QUERY_ROWS * dimension, 0);
  scratch.lists.resize(size_t(groups) * QUERY_ROWS * LIST_ROOM);
  scratch.sizes.assign(size_t(groups) * QUERY_ROWS, 0);
  scratch.bars.assign(size_t(groups) * QUERY_ROWS, std::numeric_limits<float>::infinity());
  for (int r = 0; r < rows; r++) {
    float *to = scratch.queries.data() + size_t(r / QUERY_ROWS) * QUERY_ROWS * dimension + r % QUERY_ROWS;
    for (int d = 0; d < dimension; d++) to[size_t(d) * QUERY_ROWS] = points.row(first + r)[d];
  }
  int64_t panel_count = (count + PANEL_ROWS - 1) / PANEL_ROWS;
  for (int64_t p = 0; p < panel_count; p++) {
    if (p % 1024 == 0) progress.check();
    for (int g = 0; g < groups; g++) {
      int at = g * QUERY_ROWS;
      score(scratch.queries.data() + size_t(at) * dimension, panels + p * PANEL_ROWS * dimension,
            norms + p * PANEL_ROWS, dimension, p * PANEL_ROWS, first + at, std::min(QUERY_ROWS, rows - at),
            scratch.lists.data() + size_t(at) * LIST_ROOM, scratch.sizes.data() + at, scratch.bars.data() + at);
    }
  }
  for (int r = 0; r < rows; r++) {
    Key *list = scratch.lists.data() + size_t(r) * LIST_ROOM;
    int size = scratch.sizes[r];
    shrink(list, size, scratch.bars[r]);
    Key *found = out + size_t(r) * CANDIDATES;
    std::copy(list, list + size, found);
    std::fill(found + size, found + CANDIDATES, NO_KEY);
    rank(points, first + r, found);
  }
}

struct OneLane {
  const Points &points;

  int index() const { return 0; }
  int width() const { return 1; }
  bool first() const { return true; }
  void sync() const {}
  float distance(uint32_t a, uint32_t b) const {
    return TDM_JOIN(isa_, TDM_ISA)::distance(points.row(a), points.row(b), points.stride);
  }
};

int prune(const Points &points, const Key *candidates, int count, int degree, float alpha, CpuScratch &scratch,
          Key *kept) {
  scratch.covered.resize(size_t(count));
  return robust_prune(OneLane{points}, candidates, count, degree, alpha, scratch.covered.data(), kept);
}

}  // namespace TDM_JOIN(isa_, TDM_ISA)

#define TDM_TEXT2(a) #a
#define TDM_TEXT(a) TDM_TEXT2(a)

extern const CpuKernels TDM_JOIN(cpu_kernels_, TDM_ISA);
const CpuKernels TDM_JOIN(cpu_kernels_, TDM_ISA) = {
    TDM_TEXT(TDM_ISA),
    TDM_JOIN(isa_, TDM_ISA)::PANEL_ROWS,
    TDM_JOIN(isa_, TDM_ISA)::pack,
    TDM_JOIN(isa_, TDM_ISA)::nearest,
    TDM_JOIN(isa_, TDM_ISA)::rank,
    TDM_JOIN(isa_, TDM_ISA)::prune,
    TDM_JOIN(isa_, TDM_ISA)::distance,
};

}  // namespace tidemark
