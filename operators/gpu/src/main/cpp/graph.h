// The graph of a build, and how it comes about from a backend's neighbours.
#pragma once

#include <vector>

#include "backend.h"
#include "prepare.h"

namespace tidemark {

struct Layer {
  std::vector<int32_t> members;
  std::vector<int32_t> offsets;
  std::vector<int32_t> neighbours;
};

struct Graph {
  int32_t entry = -1;
  std::vector<Layer> layers;  // the bottom one first
};

Graph build_graph(const tdm_params &params, const Prepared &prepared, Backend &backend, Progress &progress);

// Bytes of the host that building takes at most, beside the caller's vectors and the backend.
int64_t graph_bytes(const tdm_params &params);

}  // namespace tidemark
