// The part of a build that differs between the GPU and its twin: everything that is quadratic or close to it.
#pragma once

#include <memory>
#include <string>

#include "shared.h"

namespace tidemark {

// Vectors ready to be compared by squared L2: row-major, `stride` floats apart, zeros behind the dimension.
struct Points {
  const float *data;
  int64_t count;
  int dimension;
  int stride;

  const float *row(int64_t i) const { return data + i * stride; }
};

class Backend {
 public:
  virtual ~Backend() = default;

  // Takes the points, which stay where they are until the backend is gone.
  virtual void load(const Points &points) = 0;

  // For each of the first `count` points its nearest among the first `base`, pruned: kept[i * degree ..], NO_KEY behind
  // the last.
  virtual void neighbours(int64_t count, int64_t base, int degree, float alpha, Key *kept, Progress &progress) = 0;

  // Prunes given candidates of the points first .. first + count: candidates[(i - first) * CANDIDATES ..], sorted, NO_KEY
  // behind the last, into kept[(i - first) * degree ..].
  virtual void prune(int64_t first, int64_t count, const Key *candidates, int degree, float alpha, Key *kept,
                     Progress &progress) = 0;
};

const char *backend_kind();

// Throws TDM_NO_DEVICE where there is none, else says what it is.
std::string describe_device(int device);

// Bytes beside the points; `device` is the least that it can work with.
void backend_bytes(const tdm_params &params, int64_t count, int stride, int64_t *host, int64_t *device);

std::unique_ptr<Backend> open_backend(const tdm_params &params);

}  // namespace tidemark
