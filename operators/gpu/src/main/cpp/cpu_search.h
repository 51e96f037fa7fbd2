// The quadratic part on the CPU's threads: all of the twin, and what the GPU leaves to the host when its memory is small.
#pragma once

#include "cpu_kernels.h"

namespace tidemark {

// Rows whose neighbours one thread looks for at a time: enough to use each panel from the cache many times.
constexpr int CPU_BLOCK_ROWS = 96;

class CpuSearch final : public Backend {
 public:
  explicit CpuSearch(int threads) : threads_(threads), kernels_(cpu_kernels()) {}

  void load(const Points &points) override { points_ = points; }

  void neighbours(int64_t count, int64_t base, int degree, float alpha, Key *kept, Progress &progress) override;

  void prune(int64_t first, int64_t count, const Key *candidates, int degree, float alpha, Key *kept,
             Progress &progress) override;

 private:
  int threads_;
  const CpuKernels &kernels_;
  Points points_{};
};

}  // namespace tidemark
