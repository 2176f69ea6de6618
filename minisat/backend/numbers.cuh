// Sums over a warp and a block, in a fixed order.
#include "types.cuh"
#define ALL 0xffffffffu  // the lanes of a warp that take part


__device__ inline Real warp_sum(Real x) {
    for (int d = 16; d; d /= 2) x += __shfl_xor_sync(ALL, x, d);
    return x;
}

__device__ inline Real warp_max(Real x) {
    for (int d = 16; d; d /= 2) { Real y = __shfl_xor_sync(ALL, x, d); x = x > y || x != x ? x : y; }  // NaN stays
    return x;
}

// The sum of every thread's x, for all of them. `room` holds 32 numbers; blockDim.x is a multiple of 32.
__device__ inline Real block_sum(Real x, Real *room) {
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    x = warp_sum(x);
    __syncthreads();
    if (lane == 0) room[warp] = x;
    __syncthreads();
    return warp_sum(lane < blockDim.x / 32 ? room[lane] : (Real)0);
}

// The largest x of all threads, as block_sum.
__device__ inline Real block_max(Real x, Real *room) {
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    x = warp_max(x);
    __syncthreads();
    if (lane == 0) room[warp] = x;
    __syncthreads();
    return warp_max(room[lane < blockDim.x / 32 ? lane : 0]);
}
