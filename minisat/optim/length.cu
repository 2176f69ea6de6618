// The length of a gradient, summed in a fixed order.
#include "numbers.cuh"

// Each block's share of Σ g². Equals grad @ grad, summed by `length`.
extern "C" __global__ void squares(const Real *g, Real *shares, int first, long long size) {
    __shared__ Real room[32];
    Real sum = 0;
    long long step = (long long)gridDim.x * blockDim.x;
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < size; i += step)
        sum += g[i] * g[i];
    sum = block_sum(sum, room);
    if (threadIdx.x == 0) shares[first + blockIdx.x] = sum;
}

// out = [norm, min(1, limit / (norm + 1e-6))]; a norm that is not finite leaves a factor that is not. One block.
extern "C" __global__ void length(const Real *shares, Real *out, int count, double limit) {
    __shared__ Real room[32];
    Real sum = 0;
    for (int i = threadIdx.x; i < count; i += blockDim.x) sum += shares[i];
    Real norm = sqrt(block_sum(sum, room)), factor = (Real)limit / (norm + (Real)1e-6);
    if (threadIdx.x == 0) { out[0] = norm; out[1] = factor > 1 ? (Real)1 : factor; }
}
