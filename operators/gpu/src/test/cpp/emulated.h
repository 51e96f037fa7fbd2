// A GPU of one thread: what gpu_device.cuh and the CUDA runtime give, on the CPU, so that kernels and the code that drives
// them are tested where there is no GPU. Every CUDA thread is a fiber; between two points where threads meet they run in a
// random order, and asynchronous copies arrive at a random moment, so that a missing barrier or wait shows. What PTX's
// matrix instructions do is written down from its manual.
//
// In the environment, read at each call: TDM_EMULATED_BYTES is the device's memory; TDM_EMULATED_FAIL_LAUNCH=n and
// TDM_EMULATED_FAIL_MALLOC=n make the n-th launch or allocation fail, counted from when the variable was set.
#pragma once

#include <sys/mman.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "shared.h"

#if !defined(__x86_64__)
#error the emulation switches fibers in x86-64 assembly
#endif

#define __device__
#define __global__ static
#define __forceinline__ inline
#define __shared__ static
#define __launch_bounds__(...)

namespace tidemark {
namespace emulated {

extern "C" void tdm_emulated_switch(void **save, void *load);
asm(R"(
.text
.local tdm_emulated_switch
.type tdm_emulated_switch, @function
tdm_emulated_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

constexpr int THREADS_MAX = 256;
// Not a power of two: the stacks' tops would all compete for the same few lines of a cache.
constexpr size_t STACK_BYTES = (64 << 10) + 17 * 64;

struct Copy {
  void *to;
  const void *from;
};

struct Fiber {
  void *stack = nullptr;  // where it stopped
  int thread = 0;
  int meetings = 0;  // of its warp, which it has come to
  bool done = false;
  const long *waits_for = nullptr;  // a counter that must have changed
  long seen = 0;
  std::vector<std::vector<Copy>> groups;
  std::vector<Copy> open;

  void begin(int number) {
    stack = nullptr;
    thread = number;
    meetings = 0;
    done = false;
    waits_for = nullptr;
    groups.clear();
    open.clear();
  }
};

struct Slot {
  alignas(16) unsigned char bytes[32];
};

struct Warp {
  int arrived = 0;
  long meeting = 0;
  Slot slots[2][32];
  float product[2][16][8];  // of the matrices in the slots
};

struct Machine {
  Fiber fibers[THREADS_MAX];
  Warp warps[THREADS_MAX / 32];
  char *stacks = nullptr;
  void *scheduler = nullptr;
  Fiber *current = nullptr;
  const std::function<void()> *body = nullptr;
  unsigned block = 0;
  int threads = 0, arrived = 0;
  long meeting = 0;
  bool any = false, result = false;
  uint64_t random_state = 20260101;
  std::vector<unsigned char> shared;
  std::mutex one_at_a_time;  // kernels
  std::mutex memory;         // guards what follows
  int64_t used = 0;
  long launches = 0, allocations = 0;
  std::map<void *, int64_t> sizes;

  ~Machine() {
    if (used != 0) {
      std::fprintf(stderr, "emulated GPU: %ld bytes were never given back\n", long(used));
      std::abort();
    }
  }

  uint32_t random() {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return uint32_t(random_state >> 32);
  }
};

inline Machine machine;

[[noreturn]] inline void broken(const char *what) {
  std::fprintf(stderr, "emulated GPU: %s (block %u, thread %d)\n", what, machine.block,
               machine.current ? machine.current->thread : -1);
  std::abort();
}

inline void pause(const long &counter) {
  Fiber *self = machine.current;
  self->waits_for = &counter;
  self->seen = counter;
  tdm_emulated_switch(&self->stack, machine.scheduler);
}

// The last of a warp's threads to come does `together` for all of them.
template <class Together>
void meet_warp(const Together &together) {
  Warp &warp = machine.warps[machine.current->thread / 32];
  machine.current->meetings++;
  if (++warp.arrived == 32) {
    warp.arrived = 0;
    together(warp);
    warp.meeting++;
  } else {
    pause(warp.meeting);
  }
}

inline void meet_warp() {
  meet_warp([](Warp &) {});
}

inline bool meet_block(bool mine) {
  machine.any = machine.any || mine;
  if (++machine.arrived == machine.threads) {
    machine.arrived = 0;
    machine.result = machine.any;
    machine.any = false;
    machine.meeting++;
  } else {
    pause(machine.meeting);
  }
  return machine.result;
}

// Every lane shows a value to its warp; two sets of slots take turns, so that one meeting is enough.
template <class T, class Together>
const Slot *show(const T &value, const Together &together) {
  static_assert(sizeof(T) <= sizeof(Slot), "a slot holds it");
  Warp &warp = machine.warps[machine.current->thread / 32];
  Slot *slots = warp.slots[machine.current->meetings & 1];
  std::memcpy(slots[machine.current->thread % 32].bytes, &value, sizeof value);
  meet_warp(together);
  return slots;
}

template <class T>
const Slot *show(const T &value) {
  return show(value, [](Warp &) {});
}

template <class T>
T seen(const Slot *slots, int lane) {
  T value;
  std::memcpy(&value, slots[lane].bytes, sizeof value);
  return value;
}

inline void start() {
  (*machine.body)();
  machine.current->done = true;
  tdm_emulated_switch(&machine.current->stack, machine.scheduler);
}

// Every thread of a warp as far as it can go; whether any could.
inline bool run_warp(int warp, int &ended) {
  // A random start and a random odd step visit all of them in another order each time.
  uint32_t at = machine.random(), step = machine.random() | 1;
  bool moved = false;
  for (uint32_t n = 0; n < 32; n++) {
    Fiber &fiber = machine.fibers[warp * 32 + int((at + n * step) % 32)];
    while (!fiber.done && (!fiber.waits_for || *fiber.waits_for != fiber.seen)) {
      fiber.waits_for = nullptr;
      machine.current = &fiber;
      moved = true;
      tdm_emulated_switch(&machine.scheduler, fiber.stack);
      ended += fiber.done;
    }
  }
  return moved;
}

inline void run_block(unsigned block, int threads) {
  machine.block = block;
  machine.threads = threads;
  machine.arrived = 0;
  for (int t = 0; t < threads; t++) {
    Fiber &fiber = machine.fibers[t];
    fiber.begin(t);
    // As if it had been switched away from just before its first instruction.
    void **top = reinterpret_cast<void **>(machine.stacks + (size_t(t) + 1) * STACK_BYTES) - 2;
    *top = reinterpret_cast<void *>(start);
    fiber.stack = top - 6;
  }
  for (Warp &warp : machine.warps) warp.arrived = 0;
  int left = threads, warps = threads / 32, stuck = 0;
  while (left > 0) {
    // One warp goes on for a while, sometimes far ahead of the others.
    int warp = int(machine.random() % uint32_t(warps));
    int rounds = 1 << machine.random() % 8;
    bool moved = false;
    while (rounds-- > 0) {
      int ended = 0;
      if (!run_warp(warp, ended)) break;
      moved = true;
      left -= ended;
    }
    stuck = moved ? 0 : stuck + 1;
    if (stuck > 1000 * warps) broken("threads wait for others that have ended");
  }
  machine.current = nullptr;
}

// Whether the environment wants this one of `count` to fail; called with the memory's lock held.
inline bool fails(const char *variable, long &count) {
  const char *wanted = std::getenv(variable);
  count = wanted ? count + 1 : 0;
  return wanted && std::atol(wanted) == count;
}

inline int64_t memory_bytes() {
  const char *bytes = std::getenv("TDM_EMULATED_BYTES");
  return bytes ? std::atoll(bytes) : int64_t(1) << 30;
}

struct Index {
  unsigned x;
};

}  // namespace emulated

#define threadIdx (::tidemark::emulated::Index{unsigned(::tidemark::emulated::machine.current->thread)})
#define blockIdx (::tidemark::emulated::Index{::tidemark::emulated::machine.block})
#define block_memory (::tidemark::emulated::machine.shared.data())

constexpr int WARP = 32;

struct alignas(16) float4 {
  float x, y, z, w;
};

inline void __syncthreads() { emulated::meet_block(false); }
inline int __syncthreads_or(int mine) { return emulated::meet_block(mine != 0); }
inline void __syncwarp() { emulated::meet_warp(); }

inline int atomicAdd(int *to, int value) {
  int before = *to;
  *to += value;
  return before;
}

inline uint16_t half_bits(float value) {
  _Float16 half = _Float16(value);
  uint16_t bits;
  std::memcpy(&bits, &half, 2);
  return bits;
}

inline float from_half_bits(uint16_t bits) {
  _Float16 half;
  std::memcpy(&half, &bits, 2);
  return float(half);
}

inline Key shuffle(Key value, int lane) { return emulated::seen<Key>(emulated::show(value), lane); }

inline Key shuffle_xor(Key value, int mask) {
  int lane = emulated::machine.current->thread % 32;
  return emulated::seen<Key>(emulated::show(value), lane ^ mask);
}

inline float warp_sum(float value) {
  int set = emulated::machine.current->meetings & 1;
  const emulated::Slot *slots = emulated::show(value, [set](emulated::Warp &warp) {
    float sums[32];
    for (int lane = 0; lane < 32; lane++) sums[lane] = emulated::seen<float>(warp.slots[set], lane);
    for (int count = 16; count > 0; count /= 2) {
      for (int lane = 0; lane < count; lane++) sums[lane] += sums[lane + count];
    }
    std::memcpy(warp.slots[set][0].bytes, &sums[0], sizeof(float));
  });
  return emulated::seen<float>(slots, 0);
}

inline void copy_async(void *shared, const void *global) {
  if (reinterpret_cast<uintptr_t>(shared) % 16 != 0 || reinterpret_cast<uintptr_t>(global) % 16 != 0) {
    emulated::broken("a copy of 16 bytes is not aligned to them");
  }
  if (emulated::machine.random() % 2 == 0) {
    std::memcpy(shared, global, 16);
  } else {
    emulated::machine.current->open.push_back({shared, global});
  }
}

inline void copy_commit() {
  emulated::Fiber &self = *emulated::machine.current;
  self.groups.push_back(std::move(self.open));
  self.open.clear();
}

template <int groups>
void copy_wait() {
  emulated::Fiber &self = *emulated::machine.current;
  while (int(self.groups.size()) > groups) {
    for (const emulated::Copy &copy : self.groups.front()) std::memcpy(copy.to, copy.from, 16);
    self.groups.erase(self.groups.begin());
  }
}

inline void load_matrices(uint32_t (&to)[4], const uint16_t *row) {
  int lane = emulated::machine.current->thread % 32;
  if (reinterpret_cast<uintptr_t>(row) % 16 != 0) emulated::broken("a matrix's row is not aligned to 16 bytes");
  const emulated::Slot *slots = emulated::show(row);
  for (int m = 0; m < 4; m++) {
    const uint16_t *from = emulated::seen<const uint16_t *>(slots, m * 8 + lane / 4) + lane % 4 * 2;
    to[m] = uint32_t(from[0]) | uint32_t(from[1]) << 16;
  }
}

inline void multiply_add(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  struct Shown {
    uint32_t a[4], b[2];
  };
  int lane = emulated::machine.current->thread % 32;
  int set = emulated::machine.current->meetings & 1;
  emulated::show(Shown{{a[0], a[1], a[2], a[3]}, {b0, b1}}, [set](emulated::Warp &warp) {
    // a: rows by groups of four lanes, k by pairs; registers: rows + 8, then k + 8. b: columns by groups, k by pairs.
    float of_rows[16][16], of_columns[16][8];
    for (int from = 0; from < 32; from++) {
      Shown shown = emulated::seen<Shown>(warp.slots[set], from);
      for (int i = 0; i < 8; i++) {
        int k = from % 4 * 2 + i % 2;
        uint32_t two = shown.a[i / 2];
        of_rows[from / 4 + i / 2 % 2 * 8][k + i / 4 * 8] = from_half_bits(uint16_t(two >> 16 * (i % 2)));
      }
      for (int i = 0; i < 4; i++) {
        of_columns[from % 4 * 2 + i % 2 + i / 2 * 8][from / 4] = from_half_bits(uint16_t(shown.b[i / 2] >> 16 * (i % 2)));
      }
    }
    for (int row = 0; row < 16; row++) {
      float *to = warp.product[set][row];
      for (int column = 0; column < 8; column++) to[column] = 0;
      for (int k = 0; k < 16; k++) {
        for (int column = 0; column < 8; column++) to[column] += of_rows[row][k] * of_columns[k][column];
      }
    }
  });
  const auto &product = emulated::machine.warps[emulated::machine.current->thread / 32].product[set];
  for (int i = 0; i < 4; i++) c[i] += product[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
}

// The runtime's part.

enum cudaError_t { cudaSuccess = 0, cudaErrorMemoryAllocation = 2, cudaErrorLaunchFailure = 719 };
enum { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaFuncAttributeMaxDynamicSharedMemorySize };

struct cudaDeviceProp {
  char name[256];
  int major, minor, multiProcessorCount;
  size_t sharedMemPerBlockOptin;
};

inline thread_local cudaError_t pending_error = cudaSuccess;  // of this thread's calls, until it is asked for

inline const char *cudaGetErrorString(cudaError_t error) {
  return error == cudaErrorMemoryAllocation ? "out of memory" : "unspecified launch failure";
}
inline const char *cudaGetErrorName(cudaError_t error) {
  return error == cudaErrorMemoryAllocation ? "cudaErrorMemoryAllocation" : "cudaErrorLaunchFailure";
}
inline cudaError_t cudaGetLastError() {
  cudaError_t error = pending_error;
  pending_error = cudaSuccess;
  return error;
}
inline cudaError_t cudaGetDeviceCount(int *count) {
  *count = 1;
  return cudaSuccess;
}
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp *found, int) {
  *found = {"emulated GPU", 9, 0, 1, 232448};
  return cudaSuccess;
}
inline cudaError_t cudaSetDevice(int) { return cudaSuccess; }
inline cudaError_t cudaMemGetInfo(size_t *free, size_t *total) {
  *total = size_t(emulated::memory_bytes());
  std::lock_guard<std::mutex> guard(emulated::machine.memory);
  *free = size_t(std::max<int64_t>(0, emulated::memory_bytes() - emulated::machine.used));
  return cudaSuccess;
}
inline cudaError_t cudaMalloc(void **to, size_t bytes) {
  std::lock_guard<std::mutex> guard(emulated::machine.memory);
  bool fits = emulated::machine.used + int64_t(bytes) <= emulated::memory_bytes();
  if (emulated::fails("TDM_EMULATED_FAIL_MALLOC", emulated::machine.allocations) || !fits) {
    return pending_error = cudaErrorMemoryAllocation;
  }
  *to = std::aligned_alloc(256, size_t(round_up(int64_t(bytes), 256)));
  if (!*to) return pending_error = cudaErrorMemoryAllocation;
  std::memset(*to, 0xCD, bytes);
  emulated::machine.used += int64_t(bytes);
  emulated::machine.sizes[*to] = int64_t(bytes);
  return cudaSuccess;
}
inline cudaError_t cudaFree(void *from) {
  if (from) {
    std::lock_guard<std::mutex> guard(emulated::machine.memory);
    emulated::machine.used -= emulated::machine.sizes[from];
    emulated::machine.sizes.erase(from);
    std::free(from);
  }
  return cudaSuccess;
}
inline cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, int) {
  std::memcpy(to, from, bytes);
  return cudaSuccess;
}
inline cudaError_t cudaMemset(void *to, int value, size_t bytes) {
  std::memset(to, value, bytes);
  return cudaSuccess;
}
template <class Kernel>
cudaError_t cudaFuncSetAttribute(Kernel, int, size_t) {
  return cudaSuccess;
}

inline void launch(unsigned blocks, int threads, size_t shared_bytes, const std::function<void()> &body) {
  using emulated::machine;
  std::lock_guard<std::mutex> guard(machine.one_at_a_time);
  {
    std::lock_guard<std::mutex> counting(machine.memory);
    if (emulated::fails("TDM_EMULATED_FAIL_LAUNCH", machine.launches)) {
      pending_error = cudaErrorLaunchFailure;
      return;
    }
  }
  if (!machine.stacks) {
    machine.stacks = static_cast<char *>(mmap(nullptr, emulated::STACK_BYTES * emulated::THREADS_MAX, PROT_READ | PROT_WRITE,
                                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  }
  machine.shared.assign(shared_bytes + 128, 0xCD);
  machine.body = &body;
  for (unsigned block = 0; block < blocks; block++) emulated::run_block(block, threads);
}

#define TDM_LAUNCH(kernel, blocks, threads, shared_bytes, ...) \
  launch(blocks, threads, shared_bytes, [&] { kernel(__VA_ARGS__); })

}  // namespace tidemark
