// The CPU's inner loops, compiled once for each instruction set.
#pragma once

#include "backend.h"

namespace tidemark {

// Scratch of one thread; vectors keep their memory from block to block.
struct CpuScratch {
  std::vector<float> queries;   // one block of rows, interleaved
  std::vector<Key> lists;       // found so far, per row of the block
  std::vector<int> sizes;       // of the lists
  std::vector<float> bars;      // what a score must stay below, per row
  std::vector<float> covered;   // of robust_prune
};

struct CpuKernels {
  const char *name;
  int panel_rows;  // rows of the base that lie interleaved in one panel

  // Interleaves rows [panel * panel_rows, + panel_rows) into out[dimension][panel_rows], zeros behind `count`.
  void (*pack)(const Points &points, int64_t count, int64_t panel, float *out);

  // Exact neighbours of rows [first, last) among the first `count`: nearest[(i - first) * CANDIDATES ..] sorted by exact
  // distance. `norms` are the squared lengths of the rows, infinity behind `count`.
  void (*nearest)(const Points &points, int64_t count, const float *panels, const float *norms, int64_t first,
                  int64_t last, const Progress &progress, CpuScratch &scratch, Key *nearest);

  // Turns approximate keys of one row into exact ones and sorts them; returns how many there are of CANDIDATES.
  int (*rank)(const Points &points, int64_t row, Key *keys);

  int (*prune)(const Points &points, const Key *candidates, int count, int degree, float alpha, CpuScratch &scratch,
               Key *kept);

  float (*distance)(const float *a, const float *b, int stride);
};

// The widest set that this machine has.
const CpuKernels &cpu_kernels();

extern const CpuKernels cpu_kernels_baseline;
extern const CpuKernels cpu_kernels_avx2;
extern const CpuKernels cpu_kernels_avx512;

}  // namespace tidemark
