// One word of many captions that are being written, a block a caption.
#include "numbers.cuh"

// x becomes log softmax(x + b), in place. Equals log_softmax.
extern "C" __global__ void log_softmax(Real *logits, const Real *b, int V) {
    __shared__ Real room[32];
    Real *x = logits + (size_t)blockIdx.x * V;
    Real largest = x[0] + b[0], sum = 0;
    __syncthreads();                                          // before x[0] is written over
    for (int i = threadIdx.x; i < V; i += blockDim.x) {
        x[i] += b[i];
        largest = x[i] > largest || x[i] != x[i] ? x[i] : largest;
    }
    largest = block_max(largest, room);
    for (int i = threadIdx.x; i < V; i += blockDim.x) sum += exp(x[i] - largest);
    sum = log(block_sum(sum, room)) + largest;
    for (int i = threadIdx.x; i < V; i += blockDim.x) x[i] -= sum;
}

// The `count` best entries of each row, best first, ties to the smaller column: out[row] = [values, columns]. Round by
// round each thread looks for the best of its entries that comes after the one found last, so nothing is marked or moved.
// What is no number, or -inf, is never found; where there is nothing left, -inf at column 0 stands. Equals best_words.
extern "C" __global__ void best_words(const Real *scores, Real *out, int V, int stride, int count) {
    __shared__ Real values[32], last;
    __shared__ int columns[32], found;
    const Real *x = scores + (size_t)blockIdx.x * stride, least = __int_as_float(0xff800000);
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    for (int round = 0; round < count; round++) {
        Real best = least;
        int column = V;
        for (int i = threadIdx.x; i < V; i += blockDim.x)
            if (x[i] > best && (round == 0 || x[i] < last || (x[i] == last && i > found))) { best = x[i]; column = i; }
        for (int half = 0; half < 2; half++) {                // within each warp, then over the warps
            for (int d = 16; d; d /= 2) {
                Real other = __shfl_xor_sync(ALL, best, d);
                int its = __shfl_xor_sync(ALL, column, d);
                if (other > best || (other == best && its < column)) { best = other; column = its; }
            }
            if (half) break;
            if (lane == 0) { values[warp] = best; columns[warp] = column; }
            __syncthreads();
            best = lane < warps ? values[lane] : least;
            column = lane < warps ? columns[lane] : V;
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            last = best;
            found = column;
            out[(size_t)blockIdx.x * 2 * count + round] = best;
            out[((size_t)blockIdx.x * 2 + 1) * count + round] = column < V ? column : 0;
        }
        __syncthreads();
    }
}

// The captions `index` (K,) of a state, in that order. Equals ShowAttendTell.select. A block per caption.
extern "C" __global__ void select_captions(const Real *h, const Real *c, const int *photo, const long long *index, Real *h_out,
                                  Real *c_out, int *photo_out, int H) {
    size_t k = blockIdx.x, from = index[k];
    for (int j = threadIdx.x; j < H; j += blockDim.x) {
        h_out[k * H + j] = h[from * H + j];
        c_out[k * H + j] = c[from * H + j];
    }
    if (threadIdx.x == 0) photo_out[k] = photo[from];
}
