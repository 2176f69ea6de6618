// Additive attention for one word of many captions, and back: a block per caption. No activation (N, L, A) is kept.
// Rows row, row + 1, … of packed arrays are this word's; caption k looks at features[photo[k]] with keys[key[k]], both
// still to be divided by *divisor, the captioner's feature_scale. v is multiplied by `heat`, one over hard attention's
// temperature.
#include "numbers.cuh"
#define EXPECTATION -1  // as nn/hard_attention.py has them
#define ARGMAX -2
#define SAMPLE -3

// e_l = v · tanh(keys_l + query) for the L locations into shared memory, a warp a location. Equals
// AdditiveScore.forward.
__device__ inline void energies(const Real *keys, const Real *query, const Real *v, Real *q, Real *w, Real *e, int L,
                                int A, Real scale, Real heat) {
    int lane = threadIdx.x % 32, warps = blockDim.x / 32;
    for (int a = threadIdx.x; a < A; a += blockDim.x) { q[a] = query[a]; w[a] = heat * v[a]; }
    __syncthreads();
    for (int l = threadIdx.x / 32; l < L; l += warps) {
        Real sum = 0;
        for (int a = lane; a < A; a += 32) sum += w[a] * tanh(scale * keys[(size_t)l * A + a] + q[a]);
        sum = warp_sum(sum);
        if (lane == 0) e[l] = sum;
    }
    __syncthreads();
}

// e becomes softmax(e), in place. Equals Softmax.forward.
__device__ inline void normalise(Real *e, int L, Real *room) {
    Real largest = e[0], sum = 0;
    for (int l = threadIdx.x; l < L; l += blockDim.x) largest = e[l] > largest || e[l] != e[l] ? e[l] : largest;
    largest = block_max(largest, room);
    __syncthreads();
    for (int l = threadIdx.x; l < L; l += blockDim.x) sum += e[l] = exp(e[l] - largest);
    sum = block_sum(sum, room);
    for (int l = threadIdx.x; l < L; l += blockDim.x) e[l] /= sum;
    __syncthreads();
}

// Where a caption looks: s itself, or the location that ARGMAX or SAMPLE asks for. Equals HardAttention.choose.
__device__ inline int location(int s, const Real *e, Real *reached, Real chance, int L) {
    __shared__ int found;
    int lane = threadIdx.x % 32;
    if (s >= EXPECTATION) return s;
    if (threadIdx.x < 32) {  // one warp is enough
        if (s == ARGMAX) {
            int best = lane < L ? lane : 0;
            for (int l = lane + 32; l < L; l += 32) if (e[l] > e[best]) best = l;
            for (int d = 16; d; d /= 2) {
                int other = __shfl_xor_sync(ALL, best, d);
                if (e[other] > e[best] || (e[other] == e[best] && other < best)) best = other;
            }
            if (lane == 0) found = best;
        } else {             // the first location at which Σ alpha reaches the chance
            Real before = 0;
            for (int begin = 0; begin < L; begin += 32) {
                Real x = begin + lane < L ? e[begin + lane] : 0;
                for (int d = 1; d < 32; d *= 2) { Real y = __shfl_up_sync(ALL, x, d); if (lane >= d) x += y; }
                x += before;
                if (begin + lane < L) reached[begin + lane] = x;
                before = __shfl_sync(ALL, x, 31);
            }
            __syncwarp();
            int missed = 0;
            for (int l = lane; l < L; l += 32) missed += reached[l] <= chance * before;
            for (int d = 16; d; d /= 2) missed += __shfl_xor_sync(ALL, missed, d);
            if (lane == 0) found = min(missed, L - 1);
        }
    }
    __syncthreads();
    return found;
}

// alpha = softmax(e), context = Σ alpha a, beta = σ(own), z = beta context. Equals AttentionStep.forward up to the
// cell. of_h (R, S) holds the query from `at` on, and `own` behind it. Where `choice` is not null attention is hard:
// the context is that of one location, choice[r] becomes its number, and log alpha there and the entropy are kept.
extern "C" __global__ void attend(const Real *keys, const Real *of_h, const Real *v, const Feature *features,
                                  const int *photo, const int *key, Real *alpha, Real *beta, Real *context, Real *z,
                                  int *choice, const float *chance, Real *log_p, Real *entropy, int row, int L, int A,
                                  int D, int S, int at, const Real *divisor, double heat, double tiny) {
    extern __shared__ char shared[];
    Real *q = (Real *)shared, *w = q + A, *e = w + A, *reached = e + L, *room = reached + L;
    int k = blockIdx.x;
    size_t r = row + k;
    Real scale = 1 / divisor[0];
    const Real *query = of_h + r * S + at;
    energies(keys + (size_t)key[k] * L * A, query, v, q, w, e, L, A, scale, (Real)heat);
    normalise(e, L, room);
    for (int l = threadIdx.x; l < L; l += blockDim.x) alpha[r * L + l] = e[l];
    int s = EXPECTATION;
    if (choice) {
        Real sum = 0;
        for (int l = threadIdx.x; l < L; l += blockDim.x) sum -= e[l] * log(max(e[l], (Real)tiny));
        sum = block_sum(sum, room);
        s = location(choice[r], e, reached, chance ? chance[r] : (Real)0, L);
        __syncthreads();
        if (threadIdx.x == 0) {
            choice[r] = s;
            entropy[r] = sum;
            log_p[r] = s < 0 ? (Real)0 : log(max(e[s], (Real)tiny));
        }
    }
    Real open = sigma(query[A]);
    if (threadIdx.x == 0) beta[r] = open;
    const Feature *a = features + (size_t)photo[k] * L * D;
    for (int d = threadIdx.x; d < D; d += blockDim.x) {  // neighbouring threads read neighbouring numbers
        Real c = 0;
        if (s < 0) for (int l = 0; l < L; l++) c += e[l] * real(a[(size_t)l * D + d]);
        else c = real(a[(size_t)s * D + d]);
        c *= scale;
        context[r * D + d] = c;
        z[r * D + d] = open * c;
    }
}

// From dz (R, D) and what the penalty adds to dalpha (N, L): the gradients of query and own into d_of_h (R, S), and de
// (R, L), which attend_keys_gradient waits for. Equals AttentionStep.backward below the cell. Where `choice` is not
// null the rewards (N,) and the entropy's gradient come in, as in HardAttention.backward; no logarithm is taken of less
// than `tiny`.
extern "C" __global__ void attend_backward(const Real *keys, const Real *of_h, const Real *v, const Feature *features,
                                           const int *photo, const int *key, const Real *alpha, const Real *beta,
                                           const Real *context, const Real *dz, const Real *dsums, const int *choice,
                                           const Real *reward, const Real *entropy, const Real *dentropy, Real *de,
                                           Real *d_of_h, int row, int L, int A, int D, int S, int at,
                                           const Real *divisor, double heat, double tiny) {
    extern __shared__ char shared[];
    Real *up = (Real *)shared, *e = up + D, *room = e + L;  // up: the context's gradient
    int k = blockIdx.x, lane = threadIdx.x % 32, warps = blockDim.x / 32;
    size_t r = row + k;
    Real scale = 1 / divisor[0], open = beta[r], dbeta = 0;
    for (int d = threadIdx.x; d < D; d += blockDim.x) {
        Real x = dz[r * D + d];
        dbeta += x * context[r * D + d];
        up[d] = x * open * scale;
    }
    dbeta = block_sum(dbeta, room);                          // its barriers also show `up` to all
    if (threadIdx.x == 0) d_of_h[r * S + at + A] = dbeta * open * (1 - open);
    int s = choice ? choice[r] : EXPECTATION;
    const Feature *a = features + (size_t)photo[k] * L * D;
    for (int l = threadIdx.x / 32; l < L; l += warps) {      // z = Σ alpha a, a warp a location
        Real sum = 0;
        if (s < 0) for (int d = lane; d < D; d += 32) sum += up[d] * real(a[(size_t)l * D + d]);
        sum = warp_sum(sum);
        if (lane == 0) e[l] = sum + (dsums ? dsums[(size_t)k * L + l] : (Real)0);
    }
    __syncthreads();
    Real mean = 0;
    for (int l = threadIdx.x; l < L; l += blockDim.x) mean += e[l] * alpha[r * L + l];
    mean = block_sum(mean, room);
    for (int l = threadIdx.x; l < L; l += blockDim.x) {
        Real p = alpha[r * L + l], x = p * (e[l] - mean);    // softmax
        if (choice) {
            x -= dentropy[0] * p * (log(max(p, (Real)tiny)) + entropy[r]);  // ∂H/∂e = -alpha (log alpha + H)
            if (s >= 0) x += reward[k] * ((l == s) - p);     // ∂ log alpha_s / ∂e = onehot(s) - alpha
        }
        e[l] = de[r * L + l] = x;
    }
    __syncthreads();
    const Real *rows = keys + (size_t)key[k] * L * A;
    for (int j = threadIdx.x; j < A; j += blockDim.x) {      // e_l = v · tanh(keys_l + query)
        Real q = of_h[r * S + at + j], sum = 0;
        for (int l = 0; l < L; l++) {
            Real y = tanh(scale * rows[(size_t)l * A + j] + q);
            sum += e[l] * (1 - y * y);
        }
        d_of_h[r * S + at + j] = (Real)heat * v[j] * sum;
    }
}

// After the last step, for all words at once: dkeys[key, l] = v Σ_t de_tl (1 - tanh²) / *divisor, and each block's
// share of dv = Σ de tanh. A block per (PLACES locations, caption), a thread per a. Equals AdditiveScore.backward,
// summed over t.
#define PLACES 4
extern "C" __global__ void attend_keys_gradient(const Real *keys, const Real *of_h, const Real *v, const Real *de,
                                                const int *key, const int *starts, const int *lengths, Real *dkeys,
                                                Real *dv, int L, int A, int S, int at, const Real *divisor,
                                                double heat) {
    Real scale = 1 / divisor[0];
    int n = blockIdx.y, begin = blockIdx.x * PLACES;
    size_t place = (size_t)key[n] * L + begin;
    for (int a = threadIdx.x; a < A; a += blockDim.x) {
        Real k[PLACES], dk[PLACES], sum = 0;
        for (int i = 0; i < PLACES; i++) {
            k[i] = begin + i < L ? scale * keys[(place + i) * A + a] : (Real)0;
            dk[i] = 0;
        }
        for (int t = 0; t < lengths[n]; t++) {
            size_t r = starts[t] + n;
            Real q = of_h[r * S + at + a];
            for (int i = 0; i < PLACES; i++) {
                if (begin + i >= L) break;
                Real g = de[r * L + begin + i], y = tanh(k[i] + q);
                dk[i] += g * (1 - y * y);
                sum += g * y;
            }
        }
        for (int i = 0; i < PLACES; i++)
            if (begin + i < L) dkeys[(place + i) * A + a] = (Real)heat * scale * v[a] * dk[i];
        dv[((size_t)n * gridDim.x + blockIdx.x) * A + a] = (Real)heat * sum;
    }
}
