// The passes over all parameters, a thread an entry.
#include "types.cuh"

// g *= factor[1]. Equals clip_norm's last line.
extern "C" __global__ void shorten(Real *g, const Real *factor, long long size) {
    long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (i < size) g[i] *= factor[1];
}

// Equals Adam.update, the corrections moved out of the loop as in optim/fast.py.
extern "C" __global__ void adam(Real *w, const Real *g, Real *mean, Real *square, long long size, double beta1, double
                                beta2, double rate, double epsilon) {
    long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (i >= size) return;
    Real m = (Real)beta1 * mean[i] + (Real)(1 - beta1) * g[i];
    Real v = (Real)beta2 * square[i] + (Real)(1 - beta2) * g[i] * g[i];
    mean[i] = m;
    square[i] = v;
    w[i] -= (Real)rate * m / (sqrt(v) + (Real)epsilon);
}

// average += rate (x - average). Equals Averager.update.
extern "C" __global__ void average(const Real *x, Real *average, long long size, double rate) {
    long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (i < size) average[i] += (Real)rate * (x[i] - average[i]);
}
