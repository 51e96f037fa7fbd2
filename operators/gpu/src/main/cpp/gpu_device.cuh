// The few things that kernels ask of the hardware. A test puts an emulation of them in the place of this file.
#pragma once

#include <cuda_fp16.h>

#include "shared.h"

namespace tidemark {

constexpr int WARP = 32;
constexpr unsigned ALL_LANES = 0xFFFFFFFFu;

__device__ __forceinline__ uint16_t half_bits(float value) { return __half_as_ushort(__float2half_rn(value)); }
__device__ __forceinline__ float from_half_bits(uint16_t bits) { return __half2float(__ushort_as_half(bits)); }

__device__ __forceinline__ Key shuffle(Key value, int lane) { return __shfl_sync(ALL_LANES, value, lane); }
__device__ __forceinline__ Key shuffle_xor(Key value, int mask) { return __shfl_xor_sync(ALL_LANES, value, mask); }

// Over the warp, in the order that gives every lane the same bits.
__device__ __forceinline__ float warp_sum(float value) {
#pragma unroll
  for (int mask = 16; mask > 0; mask /= 2) value += __shfl_xor_sync(ALL_LANES, value, mask);
  return value;
}

// Sixteen bytes from global to shared memory, behind the thread's back; both aligned to 16.
__device__ __forceinline__ void copy_async(void *shared, const void *global) {
  unsigned to = unsigned(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(global) : "memory");
}

__device__ __forceinline__ void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits until all but the newest `groups` groups of this thread's copies have arrived.
template <int groups>
__device__ __forceinline__ void copy_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(groups) : "memory");
}

// Four 8 x 8 matrices of halves: lane i gives the address of row i % 8 of matrix i / 8, and gets of each matrix the two
// values of row lane / 4 from column lane % 4 * 2 on.
__device__ __forceinline__ void load_matrices(uint32_t (&to)[4], const uint16_t *row) {
  unsigned from = unsigned(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(from)
               : "memory");
}

// c[16][8] += a[16][16] * b[16][8] on a tensor core, halves in, floats out, spread over the warp as PTX's m16n8k16 says.
__device__ __forceinline__ void multiply_add(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

extern __shared__ __align__(128) unsigned char block_memory[];

#define TDM_LAUNCH(kernel, blocks, threads, shared_bytes, ...) kernel<<<blocks, threads, shared_bytes>>>(__VA_ARGS__)

}  // namespace tidemark
