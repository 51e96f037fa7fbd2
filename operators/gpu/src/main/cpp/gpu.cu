// The quadratic part on a CUDA device.
#ifdef TDM_EMULATED
#include "emulated.h"
#else
#include "gpu_device.cuh"
#endif
#include "gpu_kernels.cuh"

#include "cpu_search.h"

namespace tidemark {

namespace {

constexpr int CAPABILITY_MIN = 8;           // asynchronous copies, m16n8k16
constexpr int64_t STAGING_ROWS = 8192;      // uploaded at a time where the points do not stay on the device
constexpr int64_t REVERSE_ROWS = 65536;     // of one call of prune
constexpr int64_t HOST_LISTS_MAX = 1 << 20; // whose lists the host takes over at a time
constexpr int64_t RESERVE_BYTES = 64 << 20; // left free for the driver

void check(cudaError_t error, const char *what) {
  if (error == cudaSuccess) return;
  // The runtime keeps a thread's last error until it is asked for: the thread's next build must not meet it.
  (void)cudaGetLastError();
  bool memory = error == cudaErrorMemoryAllocation;
  throw Failure{memory ? TDM_OUT_OF_MEMORY : TDM_DEVICE_FAILED,
                std::string("the GPU failed to ") + what + ": " + cudaGetErrorString(error) + " (" +
                    cudaGetErrorName(error) + ")"};
}

// Device memory that goes with its owner. A failure to free it is met again by whoever uses the device next.
template <class T>
class DeviceArray {
 public:
  DeviceArray() = default;
  DeviceArray(const DeviceArray &) = delete;
  DeviceArray &operator=(const DeviceArray &) = delete;
  ~DeviceArray() { release(); }

  void release() {
    if (data_) (void)cudaFree(data_);  // of nothing, it would wake up a device
    data_ = nullptr;
  }

  void allocate(int64_t count) {
    release();
    void *data = nullptr;
    check(cudaMalloc(&data, size_t(std::max<int64_t>(1, count)) * sizeof(T)), "take memory");
    data_ = static_cast<T *>(data);
  }

  T *get() const { return data_; }

 private:
  T *data_ = nullptr;
};

cudaDeviceProp properties(int device) {
  int count = 0;
  cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess || count == 0) {
    (void)cudaGetLastError();
    throw Failure{TDM_NO_DEVICE, std::string("no CUDA device: ") +
                                     (error == cudaSuccess ? "the driver knows of none" : cudaGetErrorString(error))};
  }
  if (device < 0 || device >= count) {
    throw Failure{TDM_NO_DEVICE, "no CUDA device " + std::to_string(device) + ", there are " + std::to_string(count)};
  }
  cudaDeviceProp found;
  check(cudaGetDeviceProperties(&found, device), "tell its properties");
  if (found.major < CAPABILITY_MIN) {
    throw Failure{TDM_NO_DEVICE, std::string(found.name) + " has compute capability " + std::to_string(found.major) + "." +
                                     std::to_string(found.minor) + ", 8.0 is needed"};
  }
  if (found.sharedMemPerBlockOptin < sizeof(NearestMemory)) {
    throw Failure{TDM_NO_DEVICE, std::string(found.name) + " gives a block " +
                                     std::to_string(found.sharedMemPerBlockOptin) + " bytes of shared memory, " +
                                     std::to_string(sizeof(NearestMemory)) + " are needed"};
  }
  return found;
}

// Bytes per point in each way of holding it.
int64_t half_bytes(int stride) { return int64_t(stride) * 2 + 4; }
int64_t float_bytes(int stride) { return int64_t(stride) * 4; }

int64_t query_bytes(int degree) { return (CANDIDATES + degree) * int64_t(sizeof(Key)); }

// All points stay on the device, and so many queries are worked on at a time.
int64_t resident_bytes(int64_t count, int stride, int degree, int64_t queries) {
  int64_t padded = round_up(count, TILE);
  int64_t working = std::max(queries, std::min(padded, REVERSE_ROWS));
  return padded * half_bytes(stride) + count * float_bytes(stride) + working * query_bytes(degree);
}

// Only a part of them does: queries and base as halves, and what is being uploaded.
int64_t streaming_bytes(int stride, int64_t queries, int64_t base) {
  return STAGING_ROWS * float_bytes(stride) + (queries + base) * half_bytes(stride) +
         queries * CANDIDATES * int64_t(sizeof(Key));
}

unsigned warps_to_blocks(int64_t rows) { return unsigned((rows + BLOCK_ROWS - 1) / BLOCK_ROWS); }

class GpuSearch final : public Backend {
 public:
  explicit GpuSearch(const tdm_params &params) : params_(params), host_(params.threads) {
    cudaDeviceProp found = properties(params.device);
    check(cudaSetDevice(params.device), "be chosen");
    (void)cudaGetLastError();  // what others on this thread left
    processors_ = found.multiProcessorCount;
    check(cudaFuncSetAttribute(nearest_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, sizeof(NearestMemory)),
          "give a block its shared memory");
  }

  void load(const Points &points) override {
    points_ = points;
    host_.load(points);
    int degree = std::max(params_.bottom_degree, params_.upper_degree);
    int64_t padded = round_up(points.count, TILE);
    // Two blocks per processor and four rounds of them: enough that the last round's idle part does not matter.
    queries_ = std::min<int64_t>(padded, int64_t(processors_) * 2 * 4 * TILE);
    resident_ = resident_bytes(points.count, points.stride, degree, queries_) <= room();
    if (resident_) {
      try {
        load_resident(degree);
        return;
      } catch (const Failure &failure) {
        if (failure.code != TDM_OUT_OF_MEMORY) throw;
        // Another build took it in between, or it is in pieces.
        release();
        resident_ = false;
      }
    }
    load_streaming(room());
  }

  void neighbours(int64_t count, int64_t base, int degree, float alpha, Key *kept, Progress &progress) override {
    for (int64_t first = 0; first < count; first += queries_) {
      progress.check();
      int64_t queries = std::min(queries_, count - first);
      check(cudaMemset(lists_.get(), 0xFF, size_t(round_up(queries, TILE)) * CANDIDATES * sizeof(Key)), "clear lists");
      if (resident_) {
        nearest(halves_.get() + first * points_.stride, first, queries, halves_.get(), norms_.get(), 0, base);
        TDM_LAUNCH(rank_kernel, warps_to_blocks(queries), BLOCK_ROWS * WARP, 0, floats_.get(), points_.stride, first,
                   queries, lists_.get());
        check(cudaGetLastError(), "start ranking");
        prune_lists(queries, degree, alpha, kept + first * degree);
      } else {
        stream(first, queries, base, progress);
        finish_on_host(first, queries, degree, alpha, kept + first * degree, progress);
      }
      progress.step(queries);
    }
  }

  void prune(int64_t first, int64_t count, const Key *candidates, int degree, float alpha, Key *kept,
             Progress &progress) override {
    if (!resident_) {
      host_.prune(first, count, candidates, degree, alpha, kept, progress);
      return;
    }
    check_room(count, degree);
    check(cudaMemcpy(lists_.get(), candidates, size_t(count) * CANDIDATES * sizeof(Key), cudaMemcpyHostToDevice),
          "take candidates");
    prune_lists(count, degree, alpha, kept);
  }

 private:
  // Bytes that this build may take now.
  int64_t room() const {
    size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "tell its memory");
    int64_t room = std::max<int64_t>(0, int64_t(free) - RESERVE_BYTES);
    return params_.device_bytes_max > 0 ? std::min(room, params_.device_bytes_max) : room;
  }

  void release() {
    halves_.release();
    norms_.release();
    floats_.release();
    lists_.release();
    kept_.release();
  }

  void check_room(int64_t count, int degree) const {
    if (count > working_ || degree > degree_) throw Failure{TDM_INTERNAL, "more lists than the device has room for"};
  }

  void load_resident(int degree) {
    int64_t padded = round_up(points_.count, TILE);
    halves_.allocate(padded * points_.stride);
    norms_.allocate(padded);
    floats_.allocate(points_.count * points_.stride);
    working_ = std::max(queries_, std::min(padded, REVERSE_ROWS));
    degree_ = degree;
    lists_.allocate(working_ * CANDIDATES);
    kept_.allocate(working_ * degree_);
    check(cudaMemcpy(floats_.get(), points_.data, size_t(points_.count) * points_.stride * sizeof(float),
                     cudaMemcpyHostToDevice),
          "take the points");
    convert(floats_.get(), points_.count, padded, halves_.get(), norms_.get());
  }

  // A base of up to 64k points at a time, and as many queries as fit beside it: each pass over the base costs an upload.
  void load_streaming(int64_t room) {
    int64_t least = streaming_bytes(points_.stride, STAGING_ROWS, STAGING_ROWS);
    if (room < least) {
      throw Failure{TDM_OUT_OF_MEMORY, "the GPU has " + std::to_string(room) + " bytes for this build, at least " +
                                           std::to_string(least) + " are needed for vectors of dimension " +
                                           std::to_string(points_.dimension)};
    }
    int64_t padded = round_up(points_.count, TILE);
    int64_t left = room - STAGING_ROWS * float_bytes(points_.stride);
    base_ = std::min<int64_t>({padded, 65536, left / 3 / half_bytes(points_.stride) / TILE * TILE});
    base_ = std::max(base_, std::min(padded, STAGING_ROWS));
    left -= base_ * half_bytes(points_.stride);
    int64_t per_query = half_bytes(points_.stride) + CANDIDATES * int64_t(sizeof(Key));
    queries_ = std::min({padded, HOST_LISTS_MAX, std::max<int64_t>(TILE, left / per_query / TILE * TILE)});
    staging_.allocate(STAGING_ROWS * points_.stride);
    halves_.allocate(queries_ * points_.stride);
    norms_.allocate(queries_);
    base_halves_.allocate(base_ * points_.stride);
    base_norms_.allocate(base_);
    lists_.allocate(queries_ * CANDIDATES);
  }

  void convert(const float *floats, int64_t count, int64_t padded, uint16_t *halves, float *norms) {
    TDM_LAUNCH(convert_kernel, warps_to_blocks(padded), BLOCK_ROWS * WARP, 0, floats, count, padded, points_.stride,
               halves, norms);
    check(cudaGetLastError(), "start converting");
  }

  void upload(int64_t first, int64_t count, uint16_t *halves, float *norms) {
    for (int64_t done = 0; done < count; done += STAGING_ROWS) {
      int64_t rows = std::min(STAGING_ROWS, count - done);
      check(cudaMemcpy(staging_.get(), points_.row(first + done), size_t(rows) * points_.stride * sizeof(float),
                       cudaMemcpyHostToDevice),
            "take points");
      convert(staging_.get(), rows, round_up(rows, TILE), halves + done * points_.stride, norms + done);
    }
  }

  void nearest(const uint16_t *queries, int64_t query_first, int64_t query_count, const uint16_t *base,
               const float *norms, int64_t base_first, int64_t base_count) {
    NearestTask task{queries,    query_first, query_count,    base,        norms,
                     base_first, base_count,  points_.stride, lists_.get()};
    unsigned blocks = unsigned((query_count + TILE - 1) / TILE);
    TDM_LAUNCH(nearest_kernel, blocks, NEAREST_THREADS, sizeof(NearestMemory), task);
    check(cudaGetLastError(), "start the search for neighbours");
  }

  void stream(int64_t first, int64_t queries, int64_t base, Progress &progress) {
    upload(first, queries, halves_.get(), norms_.get());
    for (int64_t from = 0; from < base; from += base_) {
      progress.check();
      int64_t rows = std::min(base_, base - from);
      upload(from, rows, base_halves_.get(), base_norms_.get());
      nearest(halves_.get(), first, queries, base_halves_.get(), base_norms_.get(), from, rows);
    }
  }

  void finish_on_host(int64_t first, int64_t queries, int degree, float alpha, Key *kept, Progress &progress) {
    std::vector<Key> lists(size_t(queries) * CANDIDATES);
    check(cudaMemcpy(lists.data(), lists_.get(), lists.size() * sizeof(Key), cudaMemcpyDeviceToHost), "find neighbours");
    const CpuKernels &kernels = cpu_kernels();
    parallel(params_.threads, queries, 256, progress, [&](int64_t from, int64_t to) {
      for (int64_t i = from; i < to; i++) kernels.rank(points_, first + i, lists.data() + i * CANDIDATES);
    });
    host_.prune(first, queries, lists.data(), degree, alpha, kept, progress);
  }

  void prune_lists(int64_t count, int degree, float alpha, Key *kept) {
    check_room(count, degree);
    TDM_LAUNCH(prune_kernel, warps_to_blocks(count), BLOCK_ROWS * WARP, 0, floats_.get(), points_.stride, count,
               lists_.get(), degree, alpha, kept_.get());
    check(cudaGetLastError(), "start pruning");
    // Waits for the kernels: what went wrong in them comes out here.
    check(cudaMemcpy(kept, kept_.get(), size_t(count) * degree * sizeof(Key), cudaMemcpyDeviceToHost), "find neighbours");
  }

  tdm_params params_;
  CpuSearch host_;
  Points points_{};
  int processors_ = 1;
  bool resident_ = true;
  int64_t queries_ = 0, base_ = 0, working_ = 0;
  int degree_ = 0;
  DeviceArray<float> floats_, norms_, base_norms_, staging_;
  DeviceArray<uint16_t> halves_, base_halves_;
  DeviceArray<Key> lists_, kept_;
};

}  // namespace

const char *backend_kind() { return "gpu"; }

std::string describe_device(int device) {
  cudaDeviceProp found = properties(device);
  size_t free = 0, total = 0;
  check(cudaSetDevice(device), "be chosen");
  check(cudaMemGetInfo(&free, &total), "tell its memory");
  return std::string(found.name) + ", compute capability " + std::to_string(found.major) + "." +
         std::to_string(found.minor) + ", " + std::to_string(found.multiProcessorCount) + " processors, " +
         std::to_string(free >> 20) + " of " + std::to_string(total >> 20) + " MiB free";
}

void backend_bytes(const tdm_params &params, int64_t count, int stride, int64_t *host, int64_t *device) {
  // The host takes over a stretch of lists where the device is small.
  *host = std::min<int64_t>(count, HOST_LISTS_MAX) * CANDIDATES * 8;
  int degree = std::max(params.bottom_degree, params.upper_degree);
  *device = std::min(resident_bytes(count, stride, degree, round_up(count, TILE)),
                     streaming_bytes(stride, STAGING_ROWS, STAGING_ROWS));
}

std::unique_ptr<Backend> open_backend(const tdm_params &params) { return std::make_unique<GpuSearch>(params); }

}  // namespace tidemark
