// Sums in a fixed order, so that the same step gives the same bits; and the loss.
#include "numbers.cuh"

// A block per word: its cost -log softmax(logits + b)[target] (label-smoothed), times its weight, and logits become
// their gradient. Equals SmoothedCrossEntropy.forward and .backward. A word weighs weights[r], or `weight` where that
// is null.
extern "C" __global__ void logits_loss(Real *logits, const Real *b, const int *targets, const Real *weights,
                                       Real *costs, Real *weighted, int V, double weight, double smoothing) {
    __shared__ Real room[32];
    size_t r = blockIdx.x;
    Real *x = logits + r * V, share = (Real)smoothing / V;
    int target = targets[r];
    Real largest = x[0] + b[0], sum = 0, mean = 0;
    for (int i = threadIdx.x; i < V; i += blockDim.x) {
        Real y = x[i] += b[i];
        mean += y;
        largest = y > largest || y != y ? y : largest;
    }
    largest = block_max(largest, room);
    mean = block_sum(mean, room) / V;
    for (int i = threadIdx.x; i < V; i += blockDim.x) sum += exp(x[i] - largest);
    sum = block_sum(sum, room);
    Real w = weights ? weights[r] : (Real)weight, picked = x[target];
    __syncthreads();                                            // before x[target] is written over
    if (threadIdx.x == 0) {
        Real cost = log(sum) + largest - picked;
        costs[r] = cost;
        weighted[r] = w * (cost + (Real)smoothing * (picked - mean));
    }
    for (int i = threadIdx.x; i < V; i += blockDim.x)
        x[i] = w * (exp(x[i] - largest) / sum - share - (i == target ? 1 - (Real)smoothing : (Real)0));
}

// out = Σ x, by one block.
extern "C" __global__ void total(const Real *x, Real *out, int size) {
    __shared__ Real room[32];
    Real sum = 0;
    for (int i = threadIdx.x; i < size; i += blockDim.x) sum += x[i];
    sum = block_sum(sum, room);
    if (threadIdx.x == 0) out[0] = sum;
}

// Bias gradients: out += the sums of the columns of x (rows, stride); the first n1 columns go to out1, the next n2 to
// out2 (null: nowhere), then n3 to out3. A block per 32 columns, its 8 warps share the rows. Equals d.sum(axis=0).
extern "C" __global__ void column_sums(const Real *x, int rows, int stride, Real *out1, int n1, Real *out2, int n2,
                                       Real *out3, int n3) {
    __shared__ Real room[8][33];
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32, k = blockIdx.x * 32 + lane;
    Real sum = 0;
    if (k < n1 + n2 + n3) for (int r = warp; r < rows; r += 8) sum += x[(size_t)r * stride + k];
    room[warp][lane] = sum;
    __syncthreads();
    if (warp || k >= n1 + n2 + n3) return;
    for (int i = 1; i < 8; i++) sum += room[i][lane];
    Real *out = k < n1 ? out1 + k : k < n1 + n2 ? (out2 ? out2 + k - n1 : out2) : out3 + k - n1 - n2;
    if (out) *out += sum;
}

// Sums over each caption's words, longest caption first, of three columns x, y, z (R,) → out (3, N). A thread per
// caption. Equals Packing.caption_sums.
extern "C" __global__ void caption_sums(const Real *x, const Real *y, const Real *z, const int *starts,
                                        const int *lengths, Real *out, int N) {
    int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= N) return;
    Real sums[3] = {0, 0, 0};
    for (int t = 0; t < lengths[n]; t++) {
        int r = starts[t] + n;
        sums[0] += x[r]; sums[1] += y[r]; sums[2] += z[r];
    }
    for (int i = 0; i < 3; i++) out[i * N + n] = sums[i];
}
