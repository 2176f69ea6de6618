// What the backend does on the GPU.
#include "types.cuh"
#include "hash.cuh"

// Equals random.uniform. A thread per number.
extern "C" __global__ void uniform(float *out, unsigned key, long long size) {
    long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (i < size) out[i] = hashed(key, (unsigned)i);
}

// table[ids[k]] += rows[k], repeated ids in the order of k: no atomics. `order` sorts the ids; a block per place in it, of
// which the first of each id sums its whole run. Equals scatter.scatter_add.
extern "C" __global__ void scatter_add(Real *table, const long long *ids, const long long *order, const Real *rows, int K,
                                       int M) {
    int k = blockIdx.x;
    long long id = ids[order[k]];
    if (k > 0 && ids[order[k - 1]] == id) return;
    int end = k + 1;
    while (end < K && ids[order[end]] == id) end++;
    for (int m = threadIdx.x; m < M; m += blockDim.x) {
        Real sum = 0;
        for (int i = k; i < end; i++) sum += rows[order[i] * M + m];
        table[id * M + m] += sum;
    }
}
