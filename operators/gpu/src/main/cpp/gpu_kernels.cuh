// The kernels. They need gpu_device.cuh, or its emulation, included before.
#pragma once

#include "prune.h"

namespace tidemark {

// A block compares TILE queries with TILE points of the base at a time, SLICE dimensions at a time.
constexpr int TILE = 128;
constexpr int SLICE = 32;
constexpr int SLICE_STRIDE = SLICE + 8;  // 80 bytes: eight rows of a matrix lie in different banks
constexpr int STAGES = 3;
constexpr int NEAREST_THREADS = 256;
constexpr int NEAREST_WARPS = NEAREST_THREADS / 32;
constexpr int PENDING = 32;  // found neighbours per query that wait to be merged into its list

// A kernel of one warp per row has so many rows in a block.
constexpr int BLOCK_ROWS = 8;

// Half precision ends at 65504.
constexpr float HALF_MAX = 60000;

// Shared memory of 228 KiB holds two blocks, which take turns at the tensor cores and at the lists; what registers then
// lack is spilled outside of the loop over slices. Of the older 164 KiB only one block fits.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
#define TDM_BLOCKS_PER_PROCESSOR 2
#else
#define TDM_BLOCKS_PER_PROCESSOR 1
#endif

struct NearestMemory {
  uint16_t queries[STAGES][TILE * SLICE_STRIDE];
  uint16_t base[STAGES][TILE * SLICE_STRIDE];
  Key pending[TILE * PENDING];
  float bar[TILE];    // a score must stay below it to be among the nearest
  int waiting[TILE];  // keys in pending, and those that found no room
};

struct NearestTask {
  const uint16_t *queries;  // [query_count rounded up to TILE][stride]
  int64_t query_first;      // number of the first query among all points
  int64_t query_count;
  const uint16_t *base;  // [base_count rounded up to TILE][stride]
  const float *norms;    // squared lengths of the base's rows, as rounded to halves
  int64_t base_first;
  int64_t base_count;
  int stride;  // a multiple of SLICE
  Key *lists;  // [query_count rounded up to TILE][CANDIDATES], sorted; NO_KEY where nothing was found yet
};

__device__ __forceinline__ Key smaller(Key a, Key b) { return a < b ? a : b; }
__device__ __forceinline__ Key larger(Key a, Key b) { return a < b ? b : a; }

// One step of a bitonic network between lanes `distance` apart.
__device__ __forceinline__ Key exchange(Key value, int distance, int lane, bool ascending) {
  Key other = shuffle_xor(value, distance);
  return ((lane & distance) == 0) == ascending ? smaller(value, other) : larger(value, other);
}

// Sorts one key per lane, ascending.
__device__ __forceinline__ Key sort_lanes(Key value, int lane) {
#pragma unroll
  for (int run = 2; run <= 32; run *= 2) {
#pragma unroll
    for (int distance = run / 2; distance > 0; distance /= 2) {
      value = exchange(value, distance, lane, (lane & run) == 0);
    }
  }
  return value;
}

__device__ __forceinline__ void order(Key &low, Key &high, bool ascending) {
  Key a = smaller(low, high), b = larger(low, high);
  low = ascending ? a : b;
  high = ascending ? b : a;
}

// Sorts 128 keys ascending that are bitonic: the i-th is v[i / 32] of lane i % 32.
__device__ __forceinline__ void merge_list(Key (&v)[4], int lane) {
  order(v[0], v[2], true);
  order(v[1], v[3], true);
  order(v[0], v[1], true);
  order(v[2], v[3], true);
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
#pragma unroll
    for (int r = 0; r < 4; r++) v[r] = exchange(v[r], distance, lane, true);
  }
}

// Sorts any 128 keys ascending.
__device__ __forceinline__ void sort_list(Key (&v)[4], int lane) {
#pragma unroll
  for (int run = 2; run <= 32; run *= 2) {
#pragma unroll
    for (int distance = run / 2; distance > 0; distance /= 2) {
#pragma unroll
      // Runs of 32 lie in one register each: ascending in the even, descending in the odd ones.
      for (int r = 0; r < 4; r++) {
        v[r] = exchange(v[r], distance, lane, run == 32 ? (r & 1) == 0 : (lane & run) == 0);
      }
    }
  }
  order(v[0], v[1], true);
  order(v[2], v[3], false);
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
#pragma unroll
    for (int r = 0; r < 4; r++) v[r] = exchange(v[r], distance, lane, r < 2);
  }
  merge_list(v, lane);
}

__device__ __forceinline__ float bar_of(Key last) { return last == NO_KEY ? INFINITY : key_distance(last); }

// Merges what waits for a row into its list; by one whole warp.
__device__ __forceinline__ void merge_pending(NearestMemory &memory, Key *list, int row, int lane) {
  int waiting = memory.waiting[row];
  int count = waiting < PENDING ? waiting : PENDING;
  Key found = sort_lanes(lane < count ? memory.pending[row * PENDING + lane] : NO_KEY, lane);
  Key v[4];
#pragma unroll
  for (int r = 0; r < 4; r++) v[r] = list[r * 32 + lane];
  // Of 160 keys the 32 largest go; they are among the list's last 32 and those found. Set against each other in reverse,
  // the smaller of each pair stay, and are bitonic.
  Key kept = smaller(v[3], shuffle(found, 31 - lane));
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) kept = exchange(kept, distance, lane, false);
  v[3] = kept;  // descending behind 96 ascending ones: bitonic again
  merge_list(v, lane);
#pragma unroll
  for (int r = 0; r < 4; r++) list[r * 32 + lane] = v[r];
  Key last = shuffle(v[3], 31);
  if (lane == 0) {
    memory.bar[row] = bar_of(last);
    memory.waiting[row] = 0;
  }
  __syncwarp();
}

// The scores that one thread holds of a tile: of rows row(m, h) and columns column(n, c).
struct ThreadTile {
  int row_base, column_base;

  __device__ __forceinline__ ThreadTile(int warp, int lane)
      : row_base(warp / 4 * 64 + lane / 4), column_base(warp % 4 * 32 + lane % 4 * 2) {}

  __device__ __forceinline__ int row(int i) const { return row_base + (i >> 4) * 16 + (i >> 1 & 1) * 8; }
  __device__ __forceinline__ int column(int i) const { return column_base + (i >> 2 & 3) * 8 + (i & 1); }
};

// Offers the scores of a finished tile to the lists. On return all of them are in a list, waiting, or too far.
__device__ __forceinline__ void offer(NearestMemory &memory, const NearestTask &task, float (&dots)[4][4][4],
                                      int64_t tile, int warp, int lane) {
  ThreadTile mine(warp, lane);
  int64_t first = tile * TILE;
  // A point is in column `row + shift` itself; a shift out of the tile meets no column.
  int64_t apart = task.query_first + int64_t(blockIdx.x) * TILE - task.base_first - first;
  int shift = apart > -TILE && apart < TILE ? int(apart) : 2 * TILE;
  float norms[8], bars[8];
#pragma unroll
  for (int i = 0; i < 8; i++) {
    int64_t place = first + mine.column_base + (i >> 1) * 8 + (i & 1);
    norms[i] = place < task.base_count ? task.norms[place] : INFINITY;
    bars[i] = memory.bar[mine.row_base + (i >> 1) * 16 + (i & 1) * 8];
  }
  uint64_t todo = 0;
#pragma unroll
  for (int i = 0; i < 64; i++) {
    float &dot = dots[i >> 4][i >> 2 & 3][i & 3];
    dot = norms[(i >> 2 & 3) * 2 + (i & 1)] - 2 * dot;
    if (dot < bars[(i >> 4) * 2 + (i >> 1 & 1)] && mine.column(i) != mine.row(i) + shift) todo |= uint64_t(1) << i;
  }
  while (true) {
    if (todo != 0) {
#pragma unroll
      for (int i = 0; i < 64; i++) {
        if ((todo >> i & 1) == 0) continue;
        int place = atomicAdd(&memory.waiting[mine.row(i)], 1);
        if (place < PENDING) {
          memory.pending[mine.row(i) * PENDING + place] =
              make_key(dots[i >> 4][i >> 2 & 3][i & 3], uint32_t(task.base_first + first + mine.column(i)));
          todo &= ~(uint64_t(1) << i);
        }
      }
    }
    if (!__syncthreads_or(todo != 0)) return;
    // Some row is full. Each warp empties the full ones of its own rows, and the rest is tried against the new bars.
    for (int r = 0; r < TILE / NEAREST_WARPS; r++) {
      int row = warp * (TILE / NEAREST_WARPS) + r;
      if (memory.waiting[row] >= PENDING) {
        merge_pending(memory, task.lists + (int64_t(blockIdx.x) * TILE + row) * CANDIDATES, row, lane);
      }
    }
    __syncthreads();
    if (todo != 0) {
#pragma unroll
      for (int i = 0; i < 64; i++) {
        if ((todo >> i & 1) != 0 && !(dots[i >> 4][i >> 2 & 3][i & 3] < memory.bar[mine.row(i)])) {
          todo &= ~(uint64_t(1) << i);
        }
      }
    }
  }
}

// Starts the copies of one slice of one tile, a group of its own.
__device__ __forceinline__ void fetch(NearestMemory &memory, const NearestTask &task, int stage, int64_t tile,
                                      int slice) {
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int piece = threadIdx.x + half * NEAREST_THREADS;  // of TILE rows of four pieces of 16 bytes
    int row = piece / 4, part = piece % 4;
    int64_t column = int64_t(slice) * SLICE + part * 8;
    copy_async(&memory.queries[stage][row * SLICE_STRIDE + part * 8],
               task.queries + (int64_t(blockIdx.x) * TILE + row) * task.stride + column);
    copy_async(&memory.base[stage][row * SLICE_STRIDE + part * 8],
               task.base + (tile * TILE + row) * task.stride + column);
  }
}

__device__ __forceinline__ void multiply(const NearestMemory &memory, int stage, int warp, int lane,
                                         float (&dots)[4][4][4]) {
#pragma unroll
  for (int k = 0; k < SLICE; k += 16) {
    uint32_t a[4][4], b[2][4];
#pragma unroll
    for (int m = 0; m < 4; m++) {
      int row = warp / 4 * 64 + m * 16 + lane % 16;
      load_matrices(a[m], &memory.queries[stage][row * SLICE_STRIDE + k + lane / 16 * 8]);
    }
#pragma unroll
    for (int n = 0; n < 2; n++) {
      int row = warp % 4 * 32 + n * 16 + lane % 8 + lane / 16 * 8;
      load_matrices(b[n], &memory.base[stage][row * SLICE_STRIDE + k + lane / 8 % 2 * 8]);
    }
#pragma unroll
    for (int m = 0; m < 4; m++) {
#pragma unroll
      for (int n = 0; n < 4; n++) multiply_add(dots[m][n], a[m], b[n / 2][n % 2 * 2], b[n / 2][n % 2 * 2 + 1]);
    }
  }
}

// The nearest CANDIDATES of each query among the base by the score |b|² - 2ab, into its list, which may hold what earlier
// launches found in other parts of the base. One block per TILE queries.
__global__ void __launch_bounds__(NEAREST_THREADS, TDM_BLOCKS_PER_PROCESSOR) nearest_kernel(NearestTask task) {
  NearestMemory &memory = *reinterpret_cast<NearestMemory *>(block_memory);
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  for (int row = threadIdx.x; row < TILE; row += NEAREST_THREADS) {
    int64_t query = int64_t(blockIdx.x) * TILE + row;
    memory.bar[row] = query < task.query_count ? bar_of(task.lists[query * CANDIDATES + CANDIDATES - 1]) : -INFINITY;
    memory.waiting[row] = 0;
  }
  int64_t tiles = (task.base_count + TILE - 1) / TILE;
  int slices = task.stride / SLICE;
  int64_t next_tile = 0;
  int next_slice = 0;
  auto fetch_next = [&](int stage) {
    if (next_tile < tiles) {
      fetch(memory, task, stage, next_tile, next_slice);
      if (++next_slice == slices) {
        next_slice = 0;
        next_tile++;
      }
    }
    copy_commit();  // an empty group too: the waits below count groups
  };
  for (int stage = 0; stage < STAGES - 1; stage++) fetch_next(stage);
  int stage = 0;
  for (int64_t tile = 0; tile < tiles; tile++) {
    float dots[4][4][4] = {};
    for (int slice = 0; slice < slices; slice++) {
      copy_wait<STAGES - 2>();  // this thread's copies into `stage` have arrived,
      __syncthreads();          // everybody's have, and everybody is done with the stage before
      fetch_next((stage + STAGES - 1) % STAGES);
      multiply(memory, stage, warp, lane, dots);
      stage = (stage + 1) % STAGES;
    }
    offer(memory, task, dots, tile, warp, lane);
  }
  __syncthreads();
  for (int r = 0; r < TILE / NEAREST_WARPS; r++) {
    int row = warp * (TILE / NEAREST_WARPS) + r;
    if (memory.waiting[row] > 0) {
      merge_pending(memory, task.lists + (int64_t(blockIdx.x) * TILE + row) * CANDIDATES, row, lane);
    }
  }
}

// Squared L2 by a whole warp; every lane gets the same bits, whichever of the two comes first.
__device__ __forceinline__ float warp_distance(const float *a, const float *b, int stride, int lane) {
  float sum = 0;
  for (int i = lane * 4; i < stride; i += 128) {
    float4 x = *reinterpret_cast<const float4 *>(a + i);
    float4 y = *reinterpret_cast<const float4 *>(b + i);
    float dx = x.x - y.x, dy = x.y - y.y, dz = x.z - y.z, dw = x.w - y.w;
    sum += dx * dx + dy * dy + dz * dz + dw * dw;
  }
  return warp_sum(sum);
}

// Rows to halves, with the squared lengths of what they became; rows behind `count` to zeros. One warp per row.
__global__ void convert_kernel(const float *rows, int64_t count, int64_t padded, int stride, uint16_t *halves,
                               float *norms) {
  int lane = threadIdx.x % 32;
  int64_t row = int64_t(blockIdx.x) * BLOCK_ROWS + threadIdx.x / 32;
  if (row >= padded) return;
  float sum = 0;
  for (int i = lane; i < stride; i += 32) {
    float value = row < count ? rows[row * stride + i] : 0;
    uint16_t bits = half_bits(fminf(HALF_MAX, fmaxf(-HALF_MAX, value)));
    halves[row * stride + i] = bits;
    float rounded = from_half_bits(bits);
    sum += rounded * rounded;
  }
  sum = warp_sum(sum);
  if (lane == 0) norms[row] = sum;
}

// Turns the scores of lists into exact distances and sorts by them. List i is that of point first + i.
__global__ void rank_kernel(const float *points, int stride, int64_t first, int64_t count, Key *lists) {
  int lane = threadIdx.x % 32;
  int64_t row = int64_t(blockIdx.x) * BLOCK_ROWS + threadIdx.x / 32;
  if (row >= count) return;
  Key *list = lists + row * CANDIDATES;
  Key v[4];
#pragma unroll
  for (int r = 0; r < 4; r++) {
    v[r] = list[r * 32 + lane];
    for (int other = 0; other < 32; other++) {
      Key key = shuffle(v[r], other);
      if (key == NO_KEY) break;  // for all lanes: the list is sorted
      float distance = warp_distance(points + (first + row) * stride, points + int64_t(key_number(key)) * stride, stride, lane);
      if (lane == other) v[r] = make_key(distance, key_number(key));
    }
  }
  sort_list(v, lane);
#pragma unroll
  for (int r = 0; r < 4; r++) list[r * 32 + lane] = v[r];
}

struct WarpLanes {
  const float *points;
  int stride;
  int lane;

  __device__ __forceinline__ int index() const { return lane; }
  __device__ __forceinline__ int width() const { return 32; }
  __device__ __forceinline__ bool first() const { return lane == 0; }
  __device__ __forceinline__ void sync() const { __syncwarp(); }
  __device__ __forceinline__ float distance(uint32_t a, uint32_t b) const {
    return warp_distance(points + int64_t(a) * stride, points + int64_t(b) * stride, stride, lane);
  }
};

// Robust pruning of `count` sorted lists of candidates to `degree` each.
__global__ void prune_kernel(const float *points, int stride, int64_t count, const Key *lists, int degree, float alpha,
                             Key *kept) {
  __shared__ float covered[BLOCK_ROWS][CANDIDATES];
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  int64_t row = int64_t(blockIdx.x) * BLOCK_ROWS + warp;
  if (row >= count) return;
  const Key *list = lists + row * CANDIDATES;
  int size = 0;
  while (size < CANDIDATES && list[size] != NO_KEY) size++;
  int chosen = robust_prune(WarpLanes{points, stride, lane}, list, size, degree, alpha, covered[warp], kept + row * degree);
  for (int i = chosen + lane; i < degree; i += 32) kept[row * degree + i] = NO_KEY;
}

}  // namespace tidemark
