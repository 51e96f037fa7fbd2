// The C interface: checks arguments, turns every exception into a code and a message.
#include <cstdio>
#include <new>

#include "graph.h"

struct tdm_graph {
  tidemark::Graph graph;
};

namespace {

using tidemark::Failure;

constexpr int DIMENSION_MAX = 32768;
constexpr int DEGREE_MAX = tidemark::CANDIDATES;

void tell(char *message, int64_t bytes, const char *text) {
  if (message && bytes > 0) std::snprintf(message, size_t(bytes), "%s", text);
}

template <class Body>
int32_t guarded(char *message, int64_t bytes, const Body &body) noexcept {
  try {
    tell(message, bytes, "");
    body();
    return TDM_OK;
  } catch (const Failure &f) {
    tell(message, bytes, f.message.c_str());
    return f.code;
  } catch (const std::bad_alloc &) {
    tell(message, bytes, "the host has no memory left");
    return TDM_OUT_OF_MEMORY;
  } catch (const std::exception &e) {
    tell(message, bytes, e.what());
    return TDM_INTERNAL;
  } catch (...) {
    tell(message, bytes, "unknown failure");
    return TDM_INTERNAL;
  }
}

void range(const char *what, int64_t value, int64_t least, int64_t most) {
  if (value < least || value > most) {
    throw Failure{TDM_BAD_ARGUMENT, std::string(what) + " is " + std::to_string(value) + ", it must be from " +
                                        std::to_string(least) + " to " + std::to_string(most)};
  }
}

void check(const tdm_params *params) {
  if (!params) throw Failure{TDM_BAD_ARGUMENT, "there are no parameters"};
  range("version", params->version, TDM_VERSION, TDM_VERSION);
  range("space", params->space, TDM_EUCLIDEAN, TDM_LIFTED);
  range("count", params->count, 0, INT32_MAX - 8);
  range("dimension", params->dimension, 1, DIMENSION_MAX);
  range("bottom_degree", params->bottom_degree, 2, DEGREE_MAX);
  range("upper_degree", params->upper_degree, 1, DEGREE_MAX);
  range("threads", params->threads, 1, 4096);
  if (!(params->alpha >= 1 && params->alpha <= 100)) {
    throw Failure{TDM_BAD_ARGUMENT, "alpha is " + std::to_string(params->alpha) + ", it must be from 1 to 100"};
  }
}

int64_t host_bytes(const tdm_params &params, int64_t *device) {
  int64_t host = 0;
  tidemark::backend_bytes(params, params.count, tidemark::point_stride(params), &host, device);
  return host + tidemark::graph_bytes(params);
}

}  // namespace

extern "C" {

int32_t tdm_version(void) { return TDM_VERSION; }

const char *tdm_kind(void) { return tidemark::backend_kind(); }

int32_t tdm_device(int32_t device, char *text, int64_t text_bytes) {
  std::string description;
  int32_t code = guarded(text, text_bytes, [&] { description = tidemark::describe_device(device); });
  if (code == TDM_OK) tell(text, text_bytes, description.c_str());
  return code;
}

int32_t tdm_estimate(const tdm_params *params, int64_t *host, int64_t *device, char *message, int64_t message_bytes) {
  return guarded(message, message_bytes, [&] {
    check(params);
    if (!host || !device) throw Failure{TDM_BAD_ARGUMENT, "there is no place for the result"};
    *host = host_bytes(*params, device);
  });
}

int32_t tdm_build(const tdm_params *params, const float *vectors, tdm_control *control, tdm_graph **graph, char *message,
                  int64_t message_bytes) {
  return guarded(message, message_bytes, [&] {
    check(params);
    if (!graph || (!vectors && params->count > 0)) throw Failure{TDM_BAD_ARGUMENT, "vectors or graph is null"};
    int64_t device = 0;
    int64_t host = host_bytes(*params, &device);
    if (params->host_bytes_max > 0 && host > params->host_bytes_max) {
      throw Failure{TDM_OUT_OF_MEMORY, "building a graph of " + std::to_string(params->count) + " vectors of dimension " +
                                           std::to_string(params->dimension) + " needs " + std::to_string(host) +
                                           " bytes of the host, allowed are " + std::to_string(params->host_bytes_max)};
    }
    tidemark::Progress progress(control, params->count);
    progress.check();
    std::unique_ptr<tidemark::Backend> backend = tidemark::open_backend(*params);
    auto result = std::make_unique<tdm_graph>();
    if (params->count > 0) {
      tidemark::Prepared prepared = tidemark::prepare(*params, vectors, progress);
      result->graph = tidemark::build_graph(*params, prepared, *backend, progress);
      backend.reset();  // before the points that it refers to
    } else {
      result->graph.layers.emplace_back();
      result->graph.layers.back().offsets.push_back(0);
    }
    progress.begin(1, 1, 1);
    progress.step(1);
    *graph = result.release();
  });
}

int32_t tdm_entry(const tdm_graph *graph) { return graph ? graph->graph.entry : -1; }

int32_t tdm_layers(const tdm_graph *graph) { return graph ? int32_t(graph->graph.layers.size()) : 0; }

int32_t tdm_layer_at(const tdm_graph *graph, int32_t level, tdm_layer *layer) {
  if (!graph || !layer || level < 0 || level >= tdm_layers(graph)) return TDM_BAD_ARGUMENT;
  const tidemark::Layer &from = graph->graph.layers[size_t(level)];
  *layer = {int64_t(from.members.size()), int64_t(from.neighbours.size()), from.members.data(), from.offsets.data(),
            from.neighbours.data()};
  return TDM_OK;
}

void tdm_free(tdm_graph *graph) { delete graph; }

}  // extern "C"
