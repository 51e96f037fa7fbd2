// What all parts of the library use: failures, the caller's control block, host threads, neighbour keys.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "tidemark_gpu.h"

#ifdef __CUDACC__
#define TDM_HD __host__ __device__ __forceinline__
#else
#define TDM_HD inline
#endif

namespace tidemark {

// Thrown inside the library only; the ABI turns it into a code and a message.
struct Failure {
  int32_t code;
  std::string message;
};

// A neighbour in 64 bits: squared distance above, number below, so that keys sort by distance and equal distances by
// number. Distances are not negative here except the approximate scores of the first search, hence the sign's turn.
using Key = uint64_t;
constexpr Key NO_KEY = ~Key(0);

// Neighbours found per node before pruning.
constexpr int CANDIDATES = 128;

// Rows are padded with zeros to a whole number of these floats, so that no loop over a row has a remainder.
constexpr int ROW_FLOATS = 32;

TDM_HD uint32_t ordered_bits(float value) {
  union {
    float f;
    uint32_t u;
  } bits;
  bits.f = value;
  return bits.u & 0x80000000u ? ~bits.u : bits.u | 0x80000000u;
}

TDM_HD float from_ordered_bits(uint32_t ordered) {
  union {
    float f;
    uint32_t u;
  } bits;
  bits.u = ordered & 0x80000000u ? ordered & 0x7FFFFFFFu : ~ordered;
  return bits.f;
}

TDM_HD Key make_key(float distance, uint32_t number) { return Key(ordered_bits(distance)) << 32 | number; }
TDM_HD uint32_t key_number(Key key) { return uint32_t(key); }
TDM_HD float key_distance(Key key) { return from_ordered_bits(uint32_t(key >> 32)); }

inline int64_t round_up(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

// Reports how far a build is, and ends it where the caller says so.
class Progress {
 public:
  Progress(tdm_control *control, int64_t total) : control_(control), total_(total) {}

  bool cancelled() const { return control_ && __atomic_load_n(&control_->cancel, __ATOMIC_RELAXED) != 0; }

  void check() const {
    if (cancelled()) throw Failure{TDM_CANCELLED, "the build was cancelled"};
  }

  // A stage covers a part of the whole; its steps are counted from 0.
  void begin(double from, double to, int64_t steps) {
    from_ = from;
    span_ = to - from;
    steps_ = std::max<int64_t>(1, steps);
    done_.store(0);
  }

  void step(int64_t count) {
    int64_t done = done_.fetch_add(count) + count;
    double share = from_ + span_ * double(std::min(done, steps_)) / double(steps_);
    if (control_) __atomic_store_n(&control_->done, int64_t(share * double(total_)), __ATOMIC_RELAXED);
  }

 private:
  tdm_control *control_;
  int64_t total_;
  double from_ = 0, span_ = 0;
  int64_t steps_ = 1;
  std::atomic<int64_t> done_{0};
};

// Runs body(first, last) over pieces of [0, count) on some threads; the pieces do not depend on how many there are. The
// first exception ends the others at their next piece and comes out.
template <class Body>
void parallel(int threads, int64_t count, int64_t piece, const Progress &progress, const Body &body) {
  std::atomic<int64_t> next{0};
  std::mutex lock;
  std::exception_ptr failure;
  auto work = [&] {
    try {
      for (int64_t first = next.fetch_add(piece); first < count; first = next.fetch_add(piece)) {
        progress.check();
        body(first, std::min(count, first + piece));
      }
    } catch (...) {
      std::lock_guard<std::mutex> guard(lock);
      if (!failure) failure = std::current_exception();
      next.store(count);
    }
  };
  std::vector<std::thread> others;
  int64_t wanted = std::min<int64_t>(threads, (count + piece - 1) / std::max<int64_t>(1, piece));
  for (int64_t i = 1; i < wanted; i++) {
    try {
      others.emplace_back(work);
    } catch (const std::exception &) {
      break;  // fewer threads do the same work
    }
  }
  work();
  for (std::thread &other : others) other.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tidemark
