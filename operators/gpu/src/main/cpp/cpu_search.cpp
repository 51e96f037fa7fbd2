#include "cpu_search.h"

#include <limits>

namespace tidemark {

const CpuKernels &cpu_kernels() {
#if defined(TDM_X86)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma")) return cpu_kernels_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return cpu_kernels_avx2;
#endif
  return cpu_kernels_baseline;
}

namespace {

int valid(const Key *keys, int room) { return int(std::find(keys, keys + room, NO_KEY) - keys); }

void prune_one(const CpuKernels &kernels, const Points &points, const Key *candidates, int degree, float alpha,
               CpuScratch &scratch, Key *kept) {
  int size = kernels.prune(points, candidates, valid(candidates, CANDIDATES), degree, alpha, scratch, kept);
  std::fill(kept + size, kept + degree, NO_KEY);
}

}  // namespace

void CpuSearch::neighbours(int64_t count, int64_t base, int degree, float alpha, Key *kept, Progress &progress) {
  int width = kernels_.panel_rows;
  int64_t panels = (base + width - 1) / width;
  std::vector<float> packed(size_t(panels) * width * points_.dimension);
  std::vector<float> norms(size_t(panels) * width, std::numeric_limits<float>::infinity());
  parallel(threads_, panels, 256, progress, [&](int64_t from, int64_t to) {
    std::vector<float> zero(size_t(points_.stride), 0);
    for (int64_t p = from; p < to; p++) {
      kernels_.pack(points_, base, p, packed.data() + p * width * points_.dimension);
      for (int64_t i = p * width; i < std::min(base, (p + 1) * width); i++) {
        norms[size_t(i)] = kernels_.distance(points_.row(i), zero.data(), points_.stride);
      }
    }
  });
  parallel(threads_, count, CPU_BLOCK_ROWS, progress, [&](int64_t from, int64_t to) {
    CpuScratch scratch;
    std::vector<Key> nearest(size_t(to - from) * CANDIDATES);
    kernels_.nearest(points_, base, packed.data(), norms.data(), from, to, progress, scratch, nearest.data());
    for (int64_t i = from; i < to; i++) {
      prune_one(kernels_, points_, nearest.data() + (i - from) * CANDIDATES, degree, alpha, scratch, kept + i * degree);
    }
    progress.step(to - from);
  });
}

void CpuSearch::prune(int64_t, int64_t count, const Key *candidates, int degree, float alpha, Key *kept,
                      Progress &progress) {
  parallel(threads_, count, 256, progress, [&](int64_t from, int64_t to) {
    CpuScratch scratch;
    for (int64_t i = from; i < to; i++) {
      prune_one(kernels_, points_, candidates + i * CANDIDATES, degree, alpha, scratch, kept + i * degree);
    }
  });
}

}  // namespace tidemark
