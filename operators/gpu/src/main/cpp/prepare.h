// From the caller's vectors to points that squared L2 compares.
#pragma once

#include <vector>

#include "backend.h"

namespace tidemark {

// The distinct vectors in a random order, and where they came from.
struct Prepared {
  std::vector<float> data;
  int dimension;
  int stride;
  std::vector<int32_t> rows;    // per point, the row of the caller's that it stands for
  std::vector<int32_t> copies;  // rows equal to that of a point: those of point i at copy_offsets[i] .. copy_offsets[i + 1)
  std::vector<int64_t> copy_offsets;

  Points points() const { return {data.data(), int64_t(rows.size()), dimension, stride}; }
};

// Floats from one point to the next.
int point_stride(const tdm_params &params);

// Turns the vectors into the space (see enum tdm_space), moves their centre to the origin, scales them so that half
// precision holds them, shuffles them, and takes equal ones together.
Prepared prepare(const tdm_params &params, const float *vectors, Progress &progress);

}  // namespace tidemark
